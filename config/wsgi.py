"""The WSGI application that Gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from core.http.requests import Utf8Request
from core.http.wsgi import read_bodies_whole, strip_script_name

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django = get_wsgi_application()
django.request_class = Utf8Request
get_resolver().url_patterns  # noqa: B018 -- imports them before Gunicorn forks its workers
application = strip_script_name(read_bodies_whole(django))
