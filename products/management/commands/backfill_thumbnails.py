"""`manage.py backfill_thumbnails`: render the thumbnails of an older rendition version again."""

from time import sleep
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from products.services.backfill import count_in_progress, count_outdated, enqueue_outdated


class Command(BaseCommand):
    help = (
        "Renders thumbnails again where the rendition version or format has changed, and shows the"
        " worker's progress. The previous ones stay visible until then. Can be interrupted and"
        " started again at any time: finished ones are not rendered twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="products enqueued at once")

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        enqueued = count_in_progress()
        total = enqueued + count_outdated()
        for number in enqueue_outdated(batch_size=batch):
            enqueued += number
            self.wait_for_backlog(enqueued, total, limit=batch // 2)
        self.wait_for_backlog(enqueued, total, limit=0)
        self.print_progress(total, total)
        failed = count_outdated()
        self.stdout.write(f"{total - failed} thumbnails are new, {failed} could not be made.")

    def wait_for_backlog(self, enqueued: int, total: int, limit: int) -> None:
        """Wait until at most `limit` of the enqueued thumbnails are in progress."""
        while (in_progress := count_in_progress()) > limit:
            self.print_progress(max(0, enqueued - in_progress), total)
            sleep(1)

    def print_progress(self, done: int, total: int) -> None:
        """Draw a bar on a terminal, or write plain lines into a file."""
        width = 40 * done // max(1, total)
        end = "\r" if self.stdout.isatty() and done < total else "\n"
        bar = "#" * width + "." * (40 - width)
        self.stdout.write(f"[{bar}] {done}/{total}", ending=end)
        self.stdout.flush()
