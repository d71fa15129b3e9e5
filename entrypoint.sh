#!/bin/sh
# Starts the service: in the image, and under `make run`.
# Wrong settings, a database that does not answer and a failed migration end the start here.
set -eu

# One reader for Python and shell; a wrong variable ends the start here, with one line.
variables=$(python -m config.environment \
  MIGRATE_ON_START RUNTIME_DIR SUPERVISORD_INCLUDE FLOWER_PORT)
eval "$variables"
# supervisord.conf has the first two; Flower cannot read a blank port.
export RUNTIME_DIR SUPERVISORD_INCLUDE FLOWER_PORT

case "$MIGRATE_ON_START" in
  True) python manage.py migrate_locked ;;
  False) python manage.py check ;;
esac

exec "$@"
