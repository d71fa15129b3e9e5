"""`manage.py purge_deleted`: hard-delete what was deleted long ago."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from categories.services import purge_categories
from core.services.purge import PurgeIncomplete
from products.services import purge_products


class Command(BaseCommand):
    help = "Hard-deletes products and categories that were deleted long ago, with their files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=settings.TRASH_DAYS, help="how long ago, at least"
        )

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        before = timezone.now() - timedelta(days=days)
        failures = []
        for noun, purge in (("products", purge_products), ("categories", purge_categories)):
            try:
                self.stdout.write(f"Removed {purge(before=before)} {noun}.")
            except (DatabaseError, PurgeIncomplete) as error:
                failures.append(f"{noun}: {error}")
        if failures:
            raise CommandError("Not everything was removed. " + " ".join(failures))
