"""Gunicorn as the service runs it: two processes with four threads each."""

import os

bind = f"127.0.0.1:{os.environ['PORT']}"
worker_class, workers, threads = "gthread", 2, 4
preload_app = True
accesslog = None
loglevel = "warning"
control_socket_disable = True
