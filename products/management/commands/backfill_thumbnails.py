"""`manage.py backfill_thumbnails`: have every picture rendered that an older recipe made."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from products.services.backfill import ask_for_outdated, count_outdated


class Command(BaseCommand):
    help = (
        "Asks for new thumbnails where the recipe has changed. The old ones stay visible until"
        " then. Can be stopped and started again: what is done is not asked for twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="products asked for at once")

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        total, done = count_outdated(), 0
        while asked := ask_for_outdated(limit=batch):
            done += asked
            self.show(done, max(total, done))
        self.stdout.write(f"{done} products will have new thumbnails.")

    def show(self, done: int, total: int) -> None:
        """Draw a bar on a terminal, or write plain lines into a file."""
        width = 40 * done // total
        end = "\r" if self.stdout.isatty() else "\n"
        bar = "#" * width + "." * (40 - width)
        self.stdout.write(f"[{bar}] {done}/{total}", ending=end)
        self.stdout.flush()
