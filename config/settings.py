"""The settings of production, from the environment. `.env.example` explains the variables."""

import tomllib
from pathlib import Path
from typing import Any

from config import broker, cors, environment
from config.beat_schedule import BEAT_SCHEDULE
from config.environment.database_url import TIME_LIMITS, connection_settings
from config.openapi import spectacular_settings

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

env = environment.load()

# Access
DEBUG = env.debug
SECRET_KEY = env.secret_key
SECRET_KEY_FALLBACKS = env.secret_key_fallbacks
ALLOWED_HOSTS = env.allowed_hosts
CSRF_TRUSTED_ORIGINS = env.csrf_trusted_origins
CORS_ALLOWED_ORIGINS = env.cors_allowed_origins
CORS_ALLOW_HEADERS = cors.ALLOWED_HEADERS
CORS_EXPOSE_HEADERS = cors.EXPOSED_HEADERS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.trusted_proxy else None
USE_X_FORWARDED_HOST = env.trusted_proxy
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.https_only
# Where a proxy serves us below a path: every URL that we return begins with it.
FORCE_SCRIPT_NAME = env.script_name or None
# Probes know neither our name nor HTTPS; SecurityMiddleware matches the path without its slash.
SECURE_REDIRECT_EXEMPT = [rf"^{f'{env.script_name}/health'[1:]}(/|$)"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W003",  # The middleware against CSRF is a subclass: the API has no sessions.
    "security.W005",  # HSTS for other hosts of the domain
    "security.W021",
]
X_FRAME_OPTIONS = "DENY"

# Applications and middleware
INSTALLED_APPS = [
    "config",
    "core",  # before auth, whose createsuperuser it makes stricter
    "django.contrib.admin.apps.SimpleAdminConfig",  # config.urls imports the admin
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
    "core.http.cors.CorsMiddleware",
    "core.http.middleware.CharsetMiddleware",
    "core.http.middleware.AllowedHostMiddleware",
    "core.http.middleware.AppendSlashMiddleware",
    "core.http.admin_middleware.AdminSessionMiddleware",
    "core.http.admin_middleware.AdminCsrfViewMiddleware",
    "core.http.admin_middleware.AdminAuthenticationMiddleware",
    "core.http.admin_middleware.AdminMessageMiddleware",
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

# Database
DATABASES = {
    "default": connection_settings(env.database_url, is_pooled=bool(env.database_direct_url))
}
DATABASE_DIRECT = env.database_direct_url and connection_settings(env.database_direct_url)
DATABASE_TIME_LIMITS = TIME_LIMITS
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis: cache and queue, with a prefix each
INSTALLATION = env.installation
REDIS_URL = env.redis_url.url
REDIS_TLS = env.redis_url.tls
CACHES = {
    "default": {
        "BACKEND": "core.cache.PrefixCache",
        "LOCATION": env.cache.url,
        "KEY_PREFIX": f"{INSTALLATION}.cache",
        "OPTIONS": {
            "IGNORE_EXCEPTIONS": True,  # An unavailable cache causes no error,
            "SOCKET_CONNECT_TIMEOUT": 0.2,  # and little delay.
            "SOCKET_TIMEOUT": 0.2,
            "CONNECTION_POOL_KWARGS": env.cache.tls,
        },
    }
}
# Where the catalog's version is kept, which a response in the cache must have.
CATALOG_VERSION = env.cache if env.response_cache else None
RESPONSE_CACHE = env.response_cache
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_USE_SSL = REDIS_TLS or None
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options(INSTALLATION)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # a full Redis must not end a worker
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 30
CELERY_TASK_TIME_LIMIT = 45
QUEUES = broker.queue_names(INSTALLATION)
CELERY_TASK_QUEUES: dict[str, dict] = {queue: {} for queue in QUEUES.values()}
CELERY_TASK_DEFAULT_QUEUE = QUEUES["tasks"]
CELERY_TASK_ROUTES = {"products.tasks.sweep_thumbnails": {"queue": QUEUES["sweep"]}}
CELERY_CONTROL_EXCHANGE = f"{INSTALLATION}.control"  # and events: Flower uses both
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
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE

# Files
MEDIA_ROOT = str(env.media_root)
MEDIA_URL = env.media_url or f"{env.script_name}/media/"
STATIC_ROOT = str(env.static_root)
STATIC_URL = f"{env.script_name}/static/"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
S3_STORAGE = {
    "BACKEND": "core.storage.s3.S3MediaStorage",
    "OPTIONS": {
        "bucket_name": env.s3_bucket,
        "endpoint_url": env.s3_endpoint_url and env.s3_endpoint_url.rstrip("/"),
        "region_name": env.s3_region,
        "access_key": env.s3_access_key,
        "secret_key": env.s3_secret_key,
    },
}
FILE_STORAGE = {"BACKEND": "core.storage.filesystem.AtomicFileSystemStorage"}
STORAGES: dict[str, dict[str, Any]] = {
    "default": S3_STORAGE if env.s3_bucket else FILE_STORAGE,
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
RENDITION_FORMAT = env.rendition_format
IMAGE_MAX_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # of a body, its files not counted
TRASH_DAYS = env.trash_days
MEDIA_GRACE_HOURS = env.media_grace_hours
CELERY_WORKER_CONCURRENCY = env.worker_concurrency
WEB_THREADS = env.web_threads  # the limit of concurrent requests
FLOWER_PORT = env.flower_port  # linked from the landing page

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["core.api.renderers.ORJSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.negotiation.DirectContentNegotiation",
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
SPECTACULAR_SETTINGS = spectacular_settings(version=VERSION, server=env.script_name or "/")

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
