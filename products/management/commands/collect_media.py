"""`manage.py collect_media`: compare files and rows, and delete the files that no row refers to."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from products.services.garbage_collection import delete_orphans, iter_missing_files


class Command(BaseCommand):
    help = "Deletes files that no product refers to, and lists files that are missing."

    def add_arguments(self, parser: CommandParser) -> None:
        hours = settings.MEDIA_GRACE_HOURS
        parser.add_argument(
            "--dry-run", action="store_true", help="only list what would be deleted"
        )
        parser.add_argument(
            "--grace-hours", type=int, default=hours, help="how long an orphan is kept"
        )

    def handle(self, *args: Any, dry_run: bool, grace_hours: int, **options: Any) -> None:
        orphans = missing = 0
        for name in delete_orphans(grace=timedelta(hours=grace_hours), dry_run=dry_run):
            orphans += 1
            self.stdout.write(f"orphan {name}")
        for product_id, name in iter_missing_files():
            missing += 1
            self.stdout.write(f"missing {name} of product {product_id}")
        done = "would be removed" if dry_run else "removed"
        self.stdout.write(f"{orphans} orphans {done}, {missing} files missing.")
