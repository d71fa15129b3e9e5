"""The Celery application of beat and Flower, which run no task.

They know tasks by name, and so load neither models nor the code of tasks: that is half of their
memory, and of the time to start them.
"""

from config.celery_factory import create_app

app = create_app(fixups=())
