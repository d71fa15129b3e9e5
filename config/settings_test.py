"""The settings of the tests: in memory and alone, unless the environment names services."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
os.environ["MEDIA_ROOT"] = tempfile.mkdtemp(prefix="catalog-media-")  # never anybody's real files

from config.settings import *  # noqa: F403 -- reads the environment set above

STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
WHITENOISE_AUTOREFRESH = True  # nothing has been collected
if "REDIS_URL" not in os.environ:
    CELERY_BROKER_URL = "memory://"  # a real queue, which a test can read
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
