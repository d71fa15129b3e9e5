"""How health is told."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers


class StateSerializer(serializers.Serializer):
    """One dependency's state."""

    status = serializers.ChoiceField(["ok", "error"])
    latency_ms = serializers.FloatField(required=False)
    detail = serializers.CharField(required=False)


class ReportSerializer(serializers.Serializer):
    """The state of the service and of what it depends on."""

    status = serializers.ChoiceField(["ok", "degraded", "error"])
    checks = serializers.DictField(child=StateSerializer())
    version = serializers.CharField()


class AliveSerializer(serializers.Serializer):
    """The process answers."""

    status = serializers.ChoiceField(["ok"])


UP = {"status": "ok", "latency_ms": 1.2}
AWAY = {"status": "error", "detail": "does not answer"}
CHECKS = {"database": UP, "migrations": UP, "redis": UP, "worker": UP, "media": UP}


def report(name: str, status: str, **checks: dict) -> OpenApiExample:
    value = {"status": status, "checks": CHECKS | checks, "version": "1.0.0"}
    return OpenApiExample(name, value=value)


REPORTS = {
    200: OpenApiResponse(
        ReportSerializer,
        "Reads and writes work.",
        [report("All is well", "ok"), report("Thumbnails come later", "degraded", redis=AWAY)],
    ),
    503: OpenApiResponse(
        ReportSerializer,
        "The database is away or not migrated.",
        [report("The database is away", "error", database=AWAY, migrations=AWAY)],
    ),
}
ALIVE = OpenApiResponse(
    AliveSerializer, "The process answers.", [OpenApiExample("Alive", value={"status": "ok"})]
)
