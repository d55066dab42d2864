#!/bin/sh
# Starts Debian's Chromium without installing it: in namespaces of its own, without any network, where /usr and /etc are
# those of the cached packages and all other files are the machine's.
#
#   CHROMIUM_ROOT=ROOT in-root.sh ARGUMENT...
#
# ROOT  folder with the packages' usr and etc; only read
# It ends with the process that started it, whatever becomes of that one, and takes its own processes along.
set -eu
if [ ! -L /lib ]; then
  echo 'on this machine /lib is no link to /usr/lib, which Chromium of Debian needs' >&2
  exit 1
fi
cd /
# shellcheck disable=SC2016 # the inner shell's own
exec setpriv --pdeathsig KILL unshare --net --mount --pid --fork --kill-child --mount-proc sh -euc '
mount --bind -o ro "$CHROMIUM_ROOT/etc" /etc
# after this one no program of the machine can be started
mount --bind -o ro "$CHROMIUM_ROOT/usr" /usr
exec /usr/lib/chromium/chromium-headless-shell "$@"' sh "$@"
