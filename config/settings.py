"""The one settings module: production's defaults, driven by the environment.

`.env.example` says what each variable means.
"""

import logging
import tomllib
from pathlib import Path

from celery.schedules import crontab

from config.env import Environment, next_redis_database

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
EXAMPLE_SECRET_KEY = "your-secret-key"  # noqa: S105 -- refused in production, below

env = Environment()

# Who may ask
DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY", EXAMPLE_SECRET_KEY)
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS") or (["*"] if DEBUG else [])
if not DEBUG and SECRET_KEY == EXAMPLE_SECRET_KEY:
    env.refuse("SECRET_KEY", "must be set to a secret of your own when DEBUG is off")
if not ALLOWED_HOSTS:
    env.refuse("ALLOWED_HOSTS", "must name the hosts to answer for when DEBUG is off")
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS")
CORS_EXPOSE_HEADERS = ["ETag", "Link", "Location", "Retry-After", "X-Request-ID"]
if env.flag("TRUSTED_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.flag("HTTPS_ONLY", False)
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
# HSTS for other hosts of the same domain is not ours to promise.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"

# What the service is made of
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "core",
    "categories",
    "products",
]
MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "core.middleware.CharsetMiddleware",
    "core.middleware.ChunkedBodyMiddleware",
    "core.middleware.CanonicalUrlMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False  # CanonicalUrlMiddleware serves both forms; a redirect would lose the body.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

# Where rows live
DATABASES = {
    "default": env.database("DATABASE_URL", f"sqlite:///{BASE_DIR / 'var' / 'db.sqlite3'}")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
match DATABASES["default"]["ENGINE"].rpartition(".")[2]:
    case "sqlite3":
        # A writer takes its lock at BEGIN and waits for its turn; readers are never in the way.
        DATABASES["default"]["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL",
        }
    case "postgresql":
        # Every wait has an end, also when the server is frozen or the network is gone.
        DATABASES["default"].setdefault("OPTIONS", {}).update(
            connect_timeout=2,
            keepalives_idle=10,
            keepalives_interval=3,
            keepalives_count=3,
            tcp_user_timeout=10_000,
            options="-c statement_timeout=5s -c lock_timeout=4s"
            " -c idle_in_transaction_session_timeout=30s",
        )
    case other:
        env.refuse("DATABASE_URL", f"must name PostgreSQL or SQLite, not {other!r}")

# The queue and the cache: two databases of one Redis
REDIS_URL = env.redis("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": env.redis("CACHE_URL", next_redis_database(REDIS_URL)),
        "KEY_PREFIX": "catalog",
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,  # A cache that is away costs nobody an error,
            "SOCKET_CONNECT_TIMEOUT": 0.2,  # nor much time.
            "SOCKET_TIMEOUT": 0.2,
        },
    }
}
CELERY_BROKER_URL = REDIS_URL
# A publisher gives up at once: the row is the outbox, and the sweep asks again.
# `config.celery` makes the worker, which has nothing else to do, more patient.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 180,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # a full Redis refuses a worker, and must not end it
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 30
CELERY_TASK_TIME_LIMIT = 45
# The sweep does not stand in line behind the work that it asks for, and a new picture does not
# behind old ones that are asked for again: a worker takes from the queues in turn.
CELERY_TASK_QUEUES = {"celery": {}, "again": {}, "sweep": {}}
CELERY_TASK_ROUTES = {"products.tasks.sweep_thumbnails": {"queue": "sweep"}}
CELERY_TASK_SEND_SENT_EVENT = True
CELERY_WORKER_SEND_TASK_EVENTS = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000  # KiB
WORKER_MEMORY_MB = env.number("WORKER_MEMORY_MB", 1024, minimum=256)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BEAT_SCHEDULE = {
    "sweep-thumbnails": {"task": "products.tasks.sweep_thumbnails", "schedule": 5},
    "purge-deleted": {
        "task": "products.tasks.purge_deleted",
        "schedule": crontab(hour=3, minute=30),
    },
    "collect-media": {
        "task": "products.tasks.collect_media",
        "schedule": crontab(hour=4, minute=30),
    },
}

# Files
MEDIA_ROOT = env.text("MEDIA_ROOT", str(BASE_DIR / "media"))
MEDIA_URL = env.address("MEDIA_URL", "/media/")
STATIC_ROOT = env.text("STATIC_ROOT", str(BASE_DIR / "var" / "static"))
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "core.storage.DurableFileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
S3 = {
    "bucket_name": env.text("S3_BUCKET"),
    "endpoint_url": env.address("S3_ENDPOINT_URL", "").rstrip("/") or None,
    "region_name": env.text("S3_REGION") or None,
    "access_key": env.text("S3_ACCESS_KEY") or None,
    "secret_key": env.text("S3_SECRET_KEY") or None,
}
if S3["bucket_name"]:
    STORAGES["default"] = {"BACKEND": "core.bucket.BucketStorage", "OPTIONS": S3}
if bool(S3["access_key"]) != bool(S3["secret_key"]):
    env.refuse("S3_ACCESS_KEY", "must be set where S3_SECRET_KEY is, and nowhere else")
RENDITION_FORMAT = env.choice("RENDITION_FORMAT", "WEBP", ["WEBP", "AVIF"])
IMAGE_MAX_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # of a body, its files not counted

TRASH_DAYS = env.number("TRASH_DAYS", 30)
MEDIA_GRACE_HOURS = env.number("MEDIA_GRACE_HOURS", 24)

# What the programs in deploy/ are told: read here, so that a bad value is named with the others
HOST = env.text("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000)
WEB_WORKERS = env.number("WEB_WORKERS", 2)
WEB_THREADS = env.number("WEB_THREADS", 4)
CELERY_WORKER_CONCURRENCY = env.number("WORKER_CONCURRENCY", 2)
FLOWER_PORT = env.number(
    "FLOWER_PORT", 5555, maximum=65_535
)  # where the landing page says that it is, too
FLOWER_BASIC_AUTH = env.names("FLOWER_BASIC_AUTH")
if not all(":" in pair for pair in FLOWER_BASIC_AUTH):
    env.refuse("FLOWER_BASIC_AUTH", "must be user:password, more of them separated by commas")
LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in logging.getLevelNamesMapping():
    env.refuse("LOG_LEVEL", "must be DEBUG, INFO, WARNING or ERROR")

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "core.api.parsers.StrictJSONParser",
        "core.api.parsers.PlainMultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["core.api.parameters.FilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.CatalogPagination",
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.CatalogSchema",
    "EXCEPTION_HANDLER": "core.api.exception_handler.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Catalog",
    "DESCRIPTION": (
        "Products and categories under readable URLs. Nothing that is deleted is lost, no change"
        " is overwritten unseen (`If-Match`), and a POST can be repeated safely"
        " (`Idempotency-Key`).\n\nEvery failure is a problem (RFC 9457) with a stable `code`."
        " An address ends with a slash, and is the same without. `HEAD` is answered wherever"
        " `GET` is; any other method is 405 and names those that there are in `Allow`."
    ),
    "VERSION": VERSION,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": "/", "description": "This server."}],
    "SCHEMA_PATH_PREFIX": "/api/",
    "SORT_OPERATION_PARAMETERS": False,
    "LICENSE": {"name": "All rights reserved", "identifier": "LicenseRef-AllRightsReserved"},
    "TAGS": [
        {"name": "categories", "description": "The shelves of the catalog, in a tree."},
        {"name": "products", "description": "What stands on them, with its pictures."},
        {"name": "health", "description": "What is up, and what is not."},
        {"name": "documentation", "description": "This description, and pages that show it."},
    ],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.paths.without_last_slash",
    ],
    "ENUM_SUFFIX": "",
    "ENUM_NAME_OVERRIDES": {"ProblemCode": "core.api.schema.problems.CODES"},
    "COMPONENT_SPLIT_REQUEST": True,
}

LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"}
    },
    "filters": {"request_id": {"()": "core.logs.RequestIdFilter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["stdout"], "level": LOG_LEVEL},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}

env.check()
