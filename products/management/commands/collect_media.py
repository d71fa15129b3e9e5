"""`manage.py collect_media`: compare files and rows, and remove the files that no row names."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from products.services.collection import collect_orphans, find_missing


class Command(BaseCommand):
    help = "Removes files that no product names any more, and lists files that are missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        hours = settings.MEDIA_GRACE_HOURS
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument(
            "--grace-hours", type=int, default=hours, help="how long an orphan is kept"
        )

    def handle(self, *args: Any, dry_run: bool, grace_hours: int, **options: Any) -> None:
        orphans = missing = 0
        for name in collect_orphans(grace=timedelta(hours=grace_hours), dry_run=dry_run):
            orphans += 1
            self.stdout.write(f"orphan {name}")
        for product_id, name in find_missing():
            missing += 1
            self.stdout.write(f"missing {name} of product {product_id}")
        done = "would be removed" if dry_run else "removed"
        self.stdout.write(f"{orphans} orphans {done}, {missing} files missing.")
