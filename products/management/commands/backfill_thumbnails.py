"""`manage.py backfill_thumbnails`: have every picture rendered that an older recipe made."""

from argparse import ArgumentParser
from time import sleep
from typing import Any

from django.core.management.base import BaseCommand

from products.services.backfill import ask_for_outdated, count_awaited, count_outdated


class Command(BaseCommand):
    help = (
        "Has new thumbnails made where the recipe has changed, and shows how far the worker is."
        " The old ones stay visible until then. Can be stopped and started again at any time:"
        " what was asked for is done in the background, and nothing is asked for twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="products asked for at once")
        parser.add_argument("--no-wait", action="store_true", help="only ask, and do not look on")

    def handle(self, *args: Any, batch: int, no_wait: bool, **options: Any) -> None:
        total = count_outdated() + count_awaited()
        asked = sum(ask_for_outdated(batch=batch))
        self.stdout.write(f"{asked} products will have new thumbnails.")
        if not no_wait:
            self.look_on(total)

    def look_on(self, total: int) -> None:
        while awaited := count_awaited():
            self.show(max(0, total - awaited), total)
            sleep(1)
        self.show(total, total)

    def show(self, done: int, total: int) -> None:
        """Draw a bar on a terminal, or write plain lines into a file."""
        width = 40 * done // max(1, total)
        end = "\r" if self.stdout.isatty() and done < total else "\n"
        bar = "#" * width + "." * (40 - width)
        self.stdout.write(f"[{bar}] {done}/{total}", ending=end)
        self.stdout.flush()
