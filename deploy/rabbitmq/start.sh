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

# In a cluster, the node counts as healthy while it could stand in for another: the health check
# looks for this file. What an earlier run left says nothing.
readonly whole=/tmp/holds-every-queue
rm -f "$whole"

readonly nodes=/etc/rabbitmq/conf.d/50-cluster.conf
readonly longest_wait=120

# Whether a broker answers on a host, at the port that opens when it is up and knows every queue.
answers() { (: <"/dev/tcp/$1/$FOSTERFRAME_CLUSTERED") 2>/dev/null; }

# A queue that is made while a node is joining may get a copy there that ends at once, and then be
# given up and deleted. So where all nodes are new, the first makes the queues, and the others join
# when it has: a node without data waits until another one answers.
await_another() {
  local hosts host
  hosts=$(sed -nE 's/^cluster_formation\.classic_config\.nodes\.[0-9]+ *= *rabbit@//p' "$nodes")
  [ "$(hostname)" != "${hosts%%$'\n'*}" ] || return 0
  [ ! -e "/var/lib/rabbitmq/mnesia/rabbit@$(hostname)" ] || return 0
  trap exit TERM
  until [ $SECONDS -ge $longest_wait ]; do
    for host in $hosts; do
      ! answers "$host" || return 0
    done
    sleep 1
  done
  echo "start: no other node answered within $longest_wait s"
}

# Prints each queue of which no copy runs on a node; fails where the broker knows of none.
lacking_on() {
  local vhosts vhost queues queue type online found=""
  vhosts=$(rabbitmqctl --quiet list_vhosts --no-table-headers name) || return
  for vhost in $vhosts; do
    queues=$(rabbitmqctl --quiet list_queues --vhost "$vhost" --no-table-headers \
      name type online) || return
    while IFS=$'\t' read -r queue type online; do
      [ "$type" = quorum ] || continue
      found=yes
      [[ ",${online//[][ ]/}," == *",$1,"* ]] || echo "$queue"
    done <<<"$queues"
  done
  [ -n "$found" ]
}

# A queue gets its copies where it is made, which may be before this node joined, or at the same
# moment. So the node takes those that it lacks, looks whether they run, and goes on looking. While
# a queue takes in another node it refuses this one: nodes that start together try at odd times.
hold_every_queue() {
  local node lacking
  node=rabbit@$(hostname)
  while sleep $((1 + RANDOM % 3)); do
    answers 127.0.0.1 || continue
    rabbitmq-queues --quiet grow "$node" all --errors-only || true
    if lacking=$(lacking_on "$node") && [ -z "$lacking" ]; then
      [ -e "$whole" ] || echo "start: $node holds a copy of every queue"
      touch "$whole"
      sleep 60
    else
      rm -f "$whole"
      lacking=${lacking:-what the broker cannot tell yet}
      echo "start: $node does not hold ${lacking//$'\n'/, }"
    fi
  done
}

if [ -n "${FOSTERFRAME_CLUSTERED:-}" ]; then
  await_another
  hold_every_queue &
fi

if [ -x /usr/local/bin/docker-entrypoint.sh ]; then
  exec /usr/local/bin/docker-entrypoint.sh rabbitmq-server
fi
exec rabbitmq-server
