"""Create Celery applications with our settings: config.celery and config.celery_client."""

import os
from typing import Any

from celery import Celery
from django.conf import settings

from config import kombu_patches

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

PREFIX = "CELERY_"
# Celery prefers these variables to its settings (documented, and no setting turns that off): it
# would publish to another broker than REDIS_URL's.
for name in ("BROKER_URL", "BROKER_READ_URL", "BROKER_WRITE_URL", "RESULT_BACKEND"):
    os.environ.pop(PREFIX + name, None)


def own_settings() -> dict[str, Any]:
    """Return Celery's settings and no others: its worker and Flower show all that they have."""
    return {
        name.removeprefix(PREFIX).lower(): getattr(settings, name)
        for name in dir(settings)
        if name.startswith(PREFIX)
    }


def create_app(**options: Any) -> Celery:
    """Return an application; the settings are read when they are first used."""
    kombu_patches.install()
    app = Celery("catalog", **options)
    app.amqp.Connection = kombu_patches.ConstantRetryConnection
    app.add_defaults(own_settings)
    return app
