#!/bin/sh
# Restarts the application of an environment, so that it reads its .env file again, and waits until it serves:
#   sh scripts/restart.sh [sandbox|staging]
set -eu
environment=${1:-sandbox}
pid_file=$(dirname "$0")/../run/$environment.pid
if ! before=$(cat "$pid_file" 2>/dev/null); then
  echo "The application of $environment is not running: there is no $pid_file." >&2
  exit 1
fi
kill -HUP "$before"
waited=0
until after=$(cat "$pid_file" 2>/dev/null) && [ -n "$after" ] && [ "$after" != "$before" ]; do
  waited=$((waited + 1))
  if [ "$waited" -gt 150 ]; then
    echo "The application of $environment did not come back within 15 seconds." >&2
    exit 1
  fi
  sleep 0.1
done
echo "$environment restarted: process $before is now $after"
