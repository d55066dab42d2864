#!/bin/sh
# Outlives the run that it belongs to, and removes what a lab leaves if that run was killed.
#
#   watchdog.sh FOLDER LAUNCHER STARTED CGROUP...
#
# Reads its standard input, a pipe from the run: a line says that the lab was stopped, its end that the run is gone.
# FOLDER is the lab's, LAUNCHER the process that dies with the lab, STARTED when that process started (field 22 of its
# /proc/PID/stat: its number alone may be somebody else's by then), each CGROUP a directory that may have to go.
folder=$1 launcher=$2 started=$3
shift 3

launcher_lives() {
  read -r stat 2>/dev/null <"/proc/$launcher/stat" || return 1
  # shellcheck disable=SC2086 # the fields after the name of the program
  set -- ${stat##*) }
  [ "$1" != Z ] && [ "${20}" = "$started" ]
}

trap '' INT TERM HUP
if read -r _; then exit 0; fi

# With cgroup v1, what is frozen does not even end when it is killed.
for cgroup in "$@"; do
  find "$cgroup" -name freezer.state -exec sh -c 'echo THAWED >"$1"' sh {} \; 2>/dev/null
done
tries=0
while launcher_lives && [ "$tries" -lt 100 ]; do
  kill -9 "$launcher"
  sleep 0.05
  tries=$((tries + 1))
done
rm -rf "$folder"
tries=0
for cgroup in "$@"; do
  # a cgroup can be removed when the last of its processes is gone
  while [ -d "$cgroup" ] && [ "$tries" -lt 100 ]; do
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null
    [ ! -d "$cgroup" ] || sleep 0.05
    tries=$((tries + 1))
  done
done
