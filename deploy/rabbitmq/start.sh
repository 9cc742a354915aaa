#!/bin/bash
# Starts RabbitMQ with the cookie that all nodes share, and has it hold its copy of every queue.
set -euo pipefail

# The broker refuses a cookie that others could read.
readonly cookie=$HOME/.erlang.cookie
rm -f "$cookie"
(umask 077 && cat /run/secrets/rabbitmq-cookie >"$cookie")
chmod 400 "$cookie"

# Erlang makes room for as many files as it may open, and an engine may allow a thousand million.
readonly files=65536
if [ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -gt "$files" ]; then
  ulimit -n "$files"
fi

# In a cluster, the queues that were made before this node came get a member here. Its port opens
# when it has joined and knows every queue; a queue that is taking in another node says so.
if [ -n "${FOSTERFRAME_CLUSTERED:-}" ]; then
  (
    node=rabbit@$(hostname)
    until (: <"/dev/tcp/127.0.0.1/$FOSTERFRAME_CLUSTERED") 2>/dev/null; do sleep 1; done
    for _ in $(seq 60); do
      errors=$(rabbitmq-queues --quiet grow "$node" all --errors-only | grep -i error) || break
      sleep 2
    done
    # The node counts as healthy when it could stand in for another: the health check looks here.
    [ -n "$errors" ] || touch /tmp/holds-every-queue
    echo "start: ${errors:-$node holds a copy of every queue}"
  ) &
fi

if [ -x /usr/local/bin/docker-entrypoint.sh ]; then
  exec /usr/local/bin/docker-entrypoint.sh rabbitmq-server
fi
exec rabbitmq-server
