#!/bin/sh
# Starts the service, in the image and under `make run`.
# Invalid variables, an unavailable database and a failed migration end the start with one line.
set -eu

# The same reader as in Python.
variables=$(python -m config.environment \
  MIGRATE_ON_START RUNTIME_DIR SUPERVISORD_INCLUDE FLOWER_PORT)
eval "$variables"
# supervisord.conf uses the first two; Flower cannot parse a blank port.
export RUNTIME_DIR SUPERVISORD_INCLUDE FLOWER_PORT

case "$*" in
  # Among all programs, web migrates: deploy/container/web.py.
  "python -m deploy.container.supervise") rm -f "$RUNTIME_DIR/migrated" ;;
  *)
    case "$MIGRATE_ON_START" in
      True) python manage.py migrate_locked ;;
      False) python manage.py check ;;
    esac
    ;;
esac

exec "$@"
