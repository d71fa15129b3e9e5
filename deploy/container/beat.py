"""Run Celery beat: `python -m deploy.container.beat FILE`, which keeps the times of last runs.

Without Celery's command line, which loads Flower and every other command.
"""

import sys

from config.celery_client import app


def main() -> None:
    app.Beat(schedule=sys.argv[1], loglevel="INFO").run()


if __name__ == "__main__":
    main()
