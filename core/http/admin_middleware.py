"""Django's middleware of sessions, users, messages and forms, skipped outside of the admin.

The API has no sessions: it would pay a fifth of the time of a small request for nothing.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.deprecation import MiddlewareMixin

ADMIN_PREFIX = "/admin/"


def is_for_admin(request: HttpRequest) -> bool:
    """Return whether the path is one of the admin, wherever the service is mounted."""
    return request.path_info.startswith(ADMIN_PREFIX)


class AdminOnlyMixin(MiddlewareMixin):
    """Skips a middleware for paths outside of the admin."""

    def __call__(self, request: HttpRequest) -> Any:
        return super().__call__(request) if is_for_admin(request) else self.get_response(request)


class AdminSessionMiddleware(AdminOnlyMixin, SessionMiddleware):
    pass


class AdminCsrfViewMiddleware(AdminOnlyMixin, CsrfViewMiddleware):
    def process_view(
        self, request: HttpRequest, callback: Callable, args: tuple, kwargs: dict[str, Any]
    ) -> HttpResponseForbidden | None:
        if not is_for_admin(request):
            return None
        return super().process_view(request, callback, args, kwargs)


class AdminAuthenticationMiddleware(AdminOnlyMixin, AuthenticationMiddleware):
    pass


class AdminMessageMiddleware(AdminOnlyMixin, MessageMiddleware):
    pass
