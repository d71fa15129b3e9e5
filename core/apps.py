from django.apps import AppConfig
from django.db import connection


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import heartbeat, search  # noqa: F401 -- connects the receiver, adds lookups

        if connection.vendor == "postgresql":
            from core.db import deadlines

            deadlines.install()
