"""The settings of the tests: on memory and alone, unless the environment names services."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost")
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
os.environ.setdefault("MEDIA_ROOT", tempfile.mkdtemp(prefix="catalog-media-"))

from config.settings import *  # noqa: F403 -- reads the environment set above

STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
