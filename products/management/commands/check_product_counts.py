"""`manage.py check_product_counts`: compare the recorded product counts with the products."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from products.services.product_counts import correct_counts, find_count_differences


class Command(BaseCommand):
    help = (
        "Compares the number of live, active products that is recorded for each category with its"
        " products. Fails if any differs, which only disabled triggers can cause. No client waits"
        " for it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="correct the recorded numbers")

    def handle(self, *args: Any, fix: bool, **options: Any) -> None:
        differences = find_count_differences()
        for category_id, found, recorded in differences:
            self.stdout.write(f"{category_id}: {found} products, {recorded} recorded")
        if differences and not fix:
            raise CommandError(f"{len(differences)} categories differ; --fix corrects them.")
        if fix:
            correct_counts()
        self.stdout.write(f"{len(differences)} categories {'corrected' if fix else 'differ'}.")
