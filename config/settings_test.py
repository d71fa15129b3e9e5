"""The settings of the tests: in memory and alone, unless the environment names services."""

import os
import tempfile
from urllib.parse import urlsplit

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
os.environ["MEDIA_ROOT"] = tempfile.mkdtemp(prefix="catalog-media-")  # never anybody's real files

# Each worker of pytest-xdist has a database of its own, and needs a Redis database of its own:
# the first one has REDIS_URL's, the next one the next. A process that it starts inherits that.
if os.environ.get("REDIS_URL") and (worker := os.environ.pop("PYTEST_XDIST_WORKER", "")):
    url = urlsplit(os.environ["REDIS_URL"])
    database = int(url.path.strip("/") or 0) + int(worker.removeprefix("gw"))
    os.environ["REDIS_URL"] = url._replace(path=f"/{database}").geturl()

from config.settings import *  # noqa: F403 -- reads the environment set above

STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one takes 0.3 s
WHITENOISE_AUTOREFRESH = True  # nothing has been collected
# A test that is rolled back commits nothing, so nothing would void what it has read.
RESPONSE_CACHE = False
if "REDIS_URL" not in os.environ:
    CATALOG_VERSION = None
    CELERY_BROKER_URL = "memory://"  # a real queue, which a test can read
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
