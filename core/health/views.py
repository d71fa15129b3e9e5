"""Health for people, load balancers and orchestrators."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.health import checks
from core.health.serializers import ALIVE, REPORTS

NO_STORE = {"Cache-Control": "no-store"}


class ProbeView(APIView):
    """Answers JSON to any `Accept` and any query.

    A probe must learn the state, not that it asked wrongly.
    """

    http_method_names = ["get", "head"]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple:
        return super().perform_content_negotiation(request, force=True)


class HealthView(ProbeView):
    """The truth about the service, for people and orchestrators."""

    @extend_schema(operation_id="getHealth", tags=["health"], responses=REPORTS)
    def get(self, request: Request) -> Response:
        """Tell how the service is: 503 only where nothing would work."""
        report = checks.report()
        return Response(report, 503 if report["status"] == "error" else 200, headers=NO_STORE)


class ReadyView(HealthView):
    """Where a load balancer asks."""

    @extend_schema(operation_id="getReadiness", tags=["health"], responses=REPORTS)
    def get(self, request: Request) -> Response:
        """Tell whether requests should be sent here."""
        return super().get(request)


class LiveView(ProbeView):
    @extend_schema(operation_id="getLiveness", tags=["health"], responses=ALIVE)
    def get(self, request: Request) -> Response:
        """Answer while the process does; touches nothing."""
        return Response({"status": "ok"}, headers=NO_STORE)
