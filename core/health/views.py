"""Health endpoints, for people, load balancers and orchestrators."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.health import checks
from core.health.serializers import LIVENESS_RESPONSE, REPORT_RESPONSES

NO_STORE = {"Cache-Control": "no-store"}


class ProbeView(APIView):
    """Responds with JSON to any `Accept` and any query.

    Probes need the state, not an error about their request.
    """

    http_method_names = ["get", "head"]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple:
        return super().perform_content_negotiation(request, force=True)


class HealthView(ProbeView):
    """The state of the service, for people and orchestrators."""

    @extend_schema(operation_id="getHealth", tags=["health"], responses=REPORT_RESPONSES)
    def get(self, request: Request) -> Response:
        """Return the state of the service: 503 only if the database is unavailable."""
        report = checks.run_checks()
        return Response(report, 503 if report["status"] == "error" else 200, headers=NO_STORE)


class ReadyView(HealthView):
    """The readiness of the service, for load balancers."""

    @extend_schema(operation_id="getReadiness", tags=["health"], responses=REPORT_RESPONSES)
    def get(self, request: Request) -> Response:
        """Return whether requests should be sent here."""
        return super().get(request)


class LiveView(ProbeView):
    @extend_schema(operation_id="getLiveness", tags=["health"], responses=LIVENESS_RESPONSE)
    def get(self, request: Request) -> Response:
        """Return 200 while the process runs, without a check of dependencies."""
        return Response({"status": "ok"}, headers=NO_STORE)
