from django.apps import AppConfig
from django.db import connection


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core.health import heartbeat  # noqa: F401 -- connects its receiver

        if connection.vendor == "postgresql":
            from core.db import deadlines

            deadlines.install_wait_callback()
