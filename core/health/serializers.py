"""Serializers of the health endpoints, and the examples of their responses."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers


class CheckResultSerializer(serializers.Serializer):
    """The result of a check."""

    status = serializers.ChoiceField(["ok", "error"])
    latency_ms = serializers.FloatField(required=False)
    detail = serializers.CharField(required=False)


class ReportSerializer(serializers.Serializer):
    """The state of the service and its dependencies."""

    status = serializers.ChoiceField(["ok", "degraded", "error"])
    checks = serializers.DictField(child=CheckResultSerializer())
    version = serializers.CharField()


class LivenessSerializer(serializers.Serializer):
    """The state of the process."""

    status = serializers.ChoiceField(["ok"])


PASSED = {"status": "ok", "latency_ms": 1.2}
FAILED = {"status": "error", "detail": "Unavailable."}
CHECKS = dict.fromkeys(["database", "migrations", "redis", "worker", "media"], PASSED)


def report_example(name: str, status: str, **checks: dict) -> OpenApiExample:
    value = {"status": status, "checks": {**CHECKS, **checks}, "version": "1.0.0"}
    return OpenApiExample(name, value=value)


REPORT_RESPONSES = {
    200: OpenApiResponse(
        ReportSerializer,
        "The API can read and write.",
        [
            report_example("All checks pass", "ok"),
            report_example("Thumbnails are delayed", "degraded", redis=FAILED),
        ],
    ),
    503: OpenApiResponse(
        ReportSerializer,
        "The database is unavailable or not migrated.",
        [report_example("No database", "error", database=FAILED, migrations=FAILED)],
    ),
}
LIVENESS_RESPONSE = OpenApiResponse(
    LivenessSerializer, "The process is running.", [OpenApiExample("Alive", value={"status": "ok"})]
)
