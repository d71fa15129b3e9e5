"""The configuration of Flower. https://flower.readthedocs.io/en/latest/config.html

Flower reads each name of this module as an option, so no module is imported whole.
"""

from secrets import token_urlsafe

from flower.views.monitor import Metrics
from tornado.web import authenticated

from config.environment import load

environment = load()

# Tornado listens on IPv6 only for `::`, and on all addresses for an empty string.
address = "" if environment.host == "::" else environment.host
port = environment.flower_port
basic_auth = environment.flower_basic_auth

if not basic_auth and not environment.debug:
    print("Flower is closed. Set FLOWER_BASIC_AUTH=user:password to open it.", flush=True)
    basic_auth = [f"nobody:{token_urlsafe(32)}"]  # unknown to everybody

# Flower's metrics need no login, though they name workers and tasks.
Metrics.get = authenticated(Metrics.get)

read_only = True
persistent = False
max_tasks = 10_000
purge_offline_workers = 300  # seconds
