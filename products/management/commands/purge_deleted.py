"""`manage.py purge_deleted`: remove for good what was deleted long ago."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from categories.services import purge_categories
from products.services import purge_products


class Command(BaseCommand):
    help = "Removes products and categories that were deleted long ago, with their files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days", type=int, default=settings.TRASH_DAYS, help="how long ago, at least"
        )

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        before = timezone.now() - timedelta(days=days)
        products = purge_products(before=before)
        categories = purge_categories(before=before)
        self.stdout.write(f"Removed {products} products and {categories} categories.")
