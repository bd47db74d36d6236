#!/bin/sh
# Becomes the Redis server. It keeps nothing on disk: PostgreSQL is the truth, and what is due is sent again.
# Given: REDIS_PASSWORD; through a file, so that no list of processes shows it.
set -eu
printf '%s\n' 'bind 0.0.0.0' 'protected-mode yes' 'save ""' 'appendonly no' 'maxmemory-policy noeviction' \
  "requirepass $REDIS_PASSWORD" >/tmp/redis.conf
unset REDIS_PASSWORD
exec redis-server /tmp/redis.conf
