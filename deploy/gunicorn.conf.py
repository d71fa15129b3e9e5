"""How Gunicorn serves. https://docs.gunicorn.org/en/stable/settings.html"""

from pathlib import Path

from config.environment import load

environment = load()

bind = f"{environment.url_host}:{environment.port}"
worker_class = "gthread"
workers = environment.web_workers
threads = environment.web_threads + 1  # one for the probes: core.api.bulkhead

# The code is loaded once and its memory shared; what cannot be loaded ends the start at once.
# Nothing connects, starts a thread or draws a random number before a worker is forked.
preload_app = True
# A filter takes a hundred ids, beside a search in any script; more, Gunicorn answers by itself.
limit_request_line = 8190
graceful_timeout = 25  # seconds for requests in hand, less than supervisord waits

# A worker's sign of life is a file: in memory, so that a slow disk never looks like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- not guessable
control_socket_disable = True  # supervisord is in control, and the image is read-only

accesslog = "-"
access_log_format = '%(t)s access [%({x-request-id}o)s] %(h)s "%(r)s" %(s)s %(B)s bytes in %(M)s ms'
