"""What Flower shows, and to whom. https://flower.readthedocs.io/en/latest/config.html

Each name here is an option of Flower; that is why no module is imported whole.
"""

from secrets import token_urlsafe

from flower.views.monitor import Metrics
from tornado.web import authenticated

from config.environment import load

environment = load()

# Tornado listens on IPv6 alone where it is told `::`, and on everything where it is told nothing.
address = "" if environment.host == "::" else environment.host
port = environment.flower_port
basic_auth = environment.flower_basic_auth

if not basic_auth and not environment.debug:
    print("Flower is closed. Set FLOWER_BASIC_AUTH=user:password to open it.", flush=True)
    basic_auth = [f"nobody:{token_urlsafe(32)}"]  # that nobody knows

# Of itself, Flower would name its workers and tasks here to everybody.
Metrics.get = authenticated(Metrics.get)

read_only = True
persistent = False
max_tasks = 10_000
purge_offline_workers = 300  # seconds
