from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # The application of every `shared_task`. Programs without Django, which read variables
        # only, do not load Celery.
        from config import celery  # noqa: F401
