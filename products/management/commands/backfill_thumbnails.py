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
        " what is done is not done twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="products asked for at once")

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        asked = count_awaited()
        total = asked + count_outdated()
        for number in ask_for_outdated(batch=batch):
            asked += number
            self.look_on(asked, total, rest=batch // 2)
        self.look_on(asked, total, rest=0)
        self.show(total, total)
        failed = count_outdated()
        self.stdout.write(f"{total - failed} thumbnails are new, {failed} could not be made.")

    def look_on(self, asked: int, total: int, rest: int) -> None:
        """Wait until no more than `rest` of what was asked for is still to come."""
        while (awaited := count_awaited()) > rest:
            self.show(max(0, asked - awaited), total)
            sleep(1)

    def show(self, done: int, total: int) -> None:
        """Draw a bar on a terminal, or write plain lines into a file."""
        width = 40 * done // max(1, total)
        end = "\r" if self.stdout.isatty() and done < total else "\n"
        bar = "#" * width + "." * (40 - width)
        self.stdout.write(f"[{bar}] {done}/{total}", ending=end)
        self.stdout.flush()
