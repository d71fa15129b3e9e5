"""The URLs of the service."""

from django.contrib import admin
from django.urls import include, path, re_path

from core.api import pages, views
from core.health import views as health
from core.storage import views as media
from core.storage.names import MEDIA_NAME_RE

# Here and not by the admin's application: a worker has no URLs, and needs no forms.
admin.autodiscover()

urlpatterns = [
    path("", views.LandingView.as_view(), name="landing"),
    path("admin/", admin.site.urls),
    path("api/", include("categories.urls")),
    path("api/", include("products.urls")),
    path("api/schema/", pages.SchemaView.as_view(), name="schema"),
    path("api/docs/", pages.DocsView.as_view(), name="docs"),
    path("api/redoc/", pages.RedocView.as_view(), name="redoc"),
    re_path(r"^api/", views.NotFoundView.as_view()),
    path("problems/<slug:code>/", views.ProblemTypeView.as_view(), name="problem-type"),
    path("health/", health.HealthView.as_view(), name="health"),
    path("health/ready/", health.ReadyView.as_view(), name="health-ready"),
    path("health/live/", health.LiveView.as_view(), name="health-live"),
    re_path(rf"^media/{MEDIA_NAME_RE}$", media.serve, name="media"),
]

handler400 = "core.api.errors.transport.handle_bad_request"
handler500 = "core.api.errors.transport.handle_server_error"
