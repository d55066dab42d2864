#!/usr/bin/env bash
# Runs a command as root, with the variables of this job. What it keeps goes to root's own home, where no later step of
# the runner's user stumbles over it.
set -euo pipefail
[ "$(id -u)" != 0 ] || exec "$@"
exec sudo --preserve-env --set-home env "PATH=$PATH" XDG_CACHE_HOME= "$@"
