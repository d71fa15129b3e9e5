#!/bin/sh
# Starts the service: in the image, and under `make run`.
# Wrong settings, a database that does not answer and a failed migration end the start here.
set -eu

# A blank variable counts as unset, which Flower and supervisord do not know.
export HOST="${HOST:-127.0.0.1}" PORT="${PORT:-8000}" FLOWER_PORT="${FLOWER_PORT:-5555}"
export RUNTIME_DIR="${RUNTIME_DIR:-/tmp}" SUPERVISORD_INCLUDE="${SUPERVISORD_INCLUDE:-}"

case "${MIGRATE_ON_START:-1}" in
  0 | no | off | false | False) python manage.py check ;;
  *) python manage.py migrate_locked ;;
esac

exec "$@"
