"""What Flower shows, and to whom. https://flower.readthedocs.io/en/latest/config.html

Each name here is an option of Flower; that is why no module is imported whole.
"""

from secrets import token_urlsafe

from django.conf import settings
from flower.views.monitor import Metrics
from tornado.web import authenticated

address = settings.HOST
port = settings.FLOWER_PORT
basic_auth = settings.FLOWER_BASIC_AUTH

if not basic_auth and not settings.DEBUG:
    print("Flower is closed. Set FLOWER_BASIC_AUTH=user:password to open it.", flush=True)
    basic_auth = [f"nobody:{token_urlsafe(32)}"]  # that nobody knows

# Of itself, Flower would name its workers and tasks here to everybody.
Metrics.get = authenticated(Metrics.get)

read_only = True
persistent = False
max_tasks = 10_000
purge_offline_workers = 300  # seconds
