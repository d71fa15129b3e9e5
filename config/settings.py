"""The one settings module: production's defaults, driven by the environment.

`.env.example` says what each variable means.
"""

import tomllib
from pathlib import Path

from celery.schedules import crontab
from corsheaders.defaults import default_headers

from config import environment
from config.database_url import TIME_LIMITS, connection_settings
from products.thumbnail_policy import THUMBNAIL_POLICY

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

env = environment.load()

# Who may ask
DEBUG = env.debug
SECRET_KEY = env.secret_key
SECRET_KEY_FALLBACKS = env.secret_key_fallbacks
ALLOWED_HOSTS = env.allowed_hosts
CSRF_TRUSTED_ORIGINS = env.csrf_trusted_origins
CORS_ALLOWED_ORIGINS = env.cors_allowed_origins
# Scripts of other origins may send and read what the API documents, and parts of media files.
CORS_ALLOW_HEADERS = [
    *default_headers,
    "idempotency-key",
    "if-match",
    "if-none-match",
    "if-range",
    "range",
    "x-request-id",
]
CORS_EXPOSE_HEADERS = [
    "Accept-Ranges",
    "Allow",
    "Content-Range",
    "ETag",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "Retry-After",
    "X-Request-ID",
]
if env.trusted_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.https_only
# Where a proxy serves us below a path: every URL that we return begins with it.
FORCE_SCRIPT_NAME = env.script_name or None
# Probes know neither our name nor HTTPS; SecurityMiddleware matches the path without its slash.
SECURE_REDIRECT_EXEMPT = [rf"^{f'{env.script_name}/health'[1:]}(/|$)"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
# HSTS for other hosts of the same domain is not ours to promise.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"

# What the service is made of
INSTALLED_APPS = [
    "core",  # before auth, whose createsuperuser it makes stricter
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
    "categories",
    "products",
]
MIDDLEWARE = [
    "core.http.middleware.RequestIdMiddleware",
    "core.http.bulkhead.BulkheadMiddleware",
    "core.http.middleware.BodyLimitMiddleware",
    "core.http.middleware.ForwardedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "core.http.middleware.CharsetMiddleware",
    "core.http.middleware.AllowedHostMiddleware",
    "core.http.middleware.AppendSlashMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False  # AppendSlashMiddleware serves both forms; a redirect would lose the body.
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
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

# Where rows live
DATABASES = {
    "default": connection_settings(env.database_url, is_pooled=bool(env.database_direct_url))
}
DATABASE_DIRECT = env.database_direct_url and connection_settings(env.database_direct_url)
DATABASE_TIME_LIMITS = TIME_LIMITS
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The queue and the cache: two kinds of keys in Redis
INSTALLATION = env.installation
REDIS_URL = env.redis_url.url
REDIS_TLS = env.redis_url.tls
CACHES = {
    "default": {
        "BACKEND": "core.cache.PrefixCache",
        "LOCATION": env.cache.url,
        "KEY_PREFIX": f"{INSTALLATION}.cache",
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,  # A cache that is away costs nobody an error,
            "SOCKET_CONNECT_TIMEOUT": 0.2,  # nor much time.
            "SOCKET_TIMEOUT": 0.2,
            "CONNECTION_POOL_KWARGS": env.cache.tls,
        },
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_USE_SSL = REDIS_TLS or None
# A publisher gives up at once: the row is the outbox, and the sweep asks again.
# `config.celery` makes the worker, which has nothing else to do, more patient.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Celery's own names are shared by all applications on a Redis database: one would take up
    # the messages that another has in hand.
    "unacked_key": f"{INSTALLATION}.unacked",
    "unacked_index_key": f"{INSTALLATION}.unacked_index",
    "unacked_mutex_key": f"{INSTALLATION}.unacked_mutex",
    "unreadable_key": f"{INSTALLATION}.unreadable",
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
QUEUES = {name: f"{INSTALLATION}.{name}" for name in ("tasks", "retries", "sweep")}
CELERY_TASK_QUEUES = {queue: {} for queue in QUEUES.values()}
CELERY_TASK_DEFAULT_QUEUE = QUEUES["tasks"]
CELERY_TASK_ROUTES = {"products.tasks.sweep_thumbnails": {"queue": QUEUES["sweep"]}}
# Remote control and events, of which Flower knows, are this installation's alone, too.
CELERY_CONTROL_EXCHANGE = f"{INSTALLATION}.control"
CELERY_EVENT_EXCHANGE = f"{INSTALLATION}.events"
CELERY_EVENT_QUEUE_PREFIX = f"{INSTALLATION}.events"
CELERY_TASK_SEND_SENT_EVENT = True
CELERY_WORKER_SEND_TASK_EVENTS = True
CELERY_WORKER_CONSUMER = "config.consumer:PreservingConsumer"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000  # KiB
WORKER_MEMORY_MB = env.worker_memory_mb
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BEAT_SCHEDULER = "config.beat:ClockChangeScheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep-thumbnails": {
        "task": "products.tasks.sweep_thumbnails",
        "schedule": THUMBNAIL_POLICY.sweep_interval,
    },
    # Tasks of their own, so that none stops another.
    "purge-deleted-products": {
        "task": "products.tasks.purge_deleted_products",
        "schedule": crontab(hour=3, minute=30),
    },
    "purge-deleted-categories": {
        "task": "products.tasks.purge_deleted_categories",
        "schedule": crontab(hour=3, minute=45),
    },
    "clear-idempotency-records": {
        "task": "products.tasks.clear_idempotency_records",
        "schedule": crontab(hour=4, minute=0),
    },
    "collect-media": {
        "task": "products.tasks.collect_media",
        "schedule": crontab(hour=4, minute=30),
    },
}

# Files
MEDIA_ROOT = str(env.media_root)
MEDIA_URL = env.media_url or f"{env.script_name}/media/"
STATIC_ROOT = str(env.static_root)
STATIC_URL = f"{env.script_name}/static/"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "core.storage.filesystem.AtomicFileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
if env.s3_bucket:
    STORAGES["default"] = {
        "BACKEND": "core.storage.s3.S3MediaStorage",
        "OPTIONS": {
            "bucket_name": env.s3_bucket,
            "endpoint_url": env.s3_endpoint_url and env.s3_endpoint_url.rstrip("/"),
            "region_name": env.s3_region,
            "access_key": env.s3_access_key,
            "secret_key": env.s3_secret_key,
        },
    }
RENDITION_FORMAT = env.rendition_format
IMAGE_MAX_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # of a body, its files not counted

TRASH_DAYS = env.trash_days
MEDIA_GRACE_HOURS = env.media_grace_hours

CELERY_WORKER_CONCURRENCY = env.worker_concurrency
WEB_THREADS = env.web_threads  # and so many requests at once
FLOWER_PORT = env.flower_port  # the landing page says where Flower is

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "core.api.parsers.StrictJSONParser",
        "core.api.parsers.FlatMultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["core.api.lists.filter_backend.StrictFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.api.lists.pagination.CatalogPagination",
    "DEFAULT_SCHEMA_CLASS": "core.api.openapi.CatalogSchema",
    "EXCEPTION_HANDLER": "core.api.errors.handler.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Catalog",
    "DESCRIPTION": (
        "Products and categories, by slug or id. Deleted objects can be restored, `If-Match`"
        " prevents lost updates, and `Idempotency-Key` makes a POST safe to repeat.\n\n"
        "Errors are problems (RFC 9457) with a stable `code`. Paths end with a slash; without it"
        " the response is the same. `HEAD` is supported wherever `GET` is; the response to any"
        " other method is 405, with the supported ones in `Allow`."
    ),
    "VERSION": VERSION,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},  # no host but our own
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": env.script_name or "/", "description": "This server."}],
    "SCHEMA_PATH_PREFIX": "/api/",
    "SORT_OPERATION_PARAMETERS": False,
    "LICENSE": {"name": "All rights reserved", "identifier": "LicenseRef-AllRightsReserved"},
    "TAGS": [
        {"name": "categories", "description": "Categories in a tree."},
        {"name": "products", "description": "Products and their images."},
        {"name": "health", "description": "The state of the service and its dependencies."},
        {"name": "documentation", "description": "This document, and pages that render it."},
    ],
    "SORT_OPERATIONS": "core.api.openapi.hooks.page_order",
    "POSTPROCESSING_HOOKS": [
        "core.api.openapi.hooks.add_components",
        "drf_spectacular.hooks.postprocess_schema_enums",
    ],
    "ENUM_SUFFIX": "",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,  # it would repeat each value
    "ENUM_NAME_OVERRIDES": {"ProblemCode": "core.api.openapi.problems.CODES"},
    "COMPONENT_SPLIT_REQUEST": True,
}

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
    "root": {"handlers": ["stdout"], "level": env.log_level},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
