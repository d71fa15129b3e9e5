"""The periodic tasks."""

from typing import Any

from celery.schedules import crontab

from products.thumbnail_policy import THUMBNAIL_POLICY

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-thumbnails": {
        "task": "products.tasks.sweep_thumbnails",
        "schedule": THUMBNAIL_POLICY.sweep_interval,
        # Here and not at the task: beat knows its name only (config.celery_client).
        "options": {"expires": 30},
    },
    # Separate tasks, so that a failure of one does not stop the others.
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
