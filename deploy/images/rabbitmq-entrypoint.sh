#!/bin/bash
# Starts RabbitMQ as its own user, whoever starts the container.
set -euo pipefail

if [ "${1:-}" = rabbitmq-server ] && [ "$(id -u)" = 0 ]; then
  find /var/lib/rabbitmq ! -user rabbitmq -exec chown rabbitmq:rabbitmq {} +
  exec setpriv --reuid rabbitmq --regid rabbitmq --init-groups -- "$@"
fi
exec "$@"
