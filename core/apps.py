from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import heartbeat, search  # noqa: F401 -- connects the receiver, adds lookups
