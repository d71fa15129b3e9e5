"""Gunicorn with Uvicorn's workers: an event loop in each of two processes."""

import os

bind = f"127.0.0.1:{os.environ['PORT']}"
worker_class, workers = "uvicorn_worker.UvicornWorker", 2
accesslog = None
loglevel = "warning"
control_socket_disable = True
