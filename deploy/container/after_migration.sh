#!/bin/sh
# Runs a program once web has migrated the database: deploy/container/web.py.
until [ -e "$RUNTIME_DIR/migrated" ]; do sleep 0.1; done
exec "$@"
