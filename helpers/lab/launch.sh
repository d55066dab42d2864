#!/bin/sh
# Runs as the first process of new net, mount and PID namespaces: makes the lab's file system and starts its daemon.
#
#   launch.sh ROOT LAB DATA_ROOT TEMPLATE CGROUPS KEEP DAEMON...
#
# ROOT       root file system of the engine; only read
# LAB        the lab's folder: LAB/socket is shared with the lab, LAB/mnt is a place to mount things
# DATA_ROOT  where the engine keeps its data
# TEMPLATE   directory that the data root starts as a copy of, or empty
# CGROUPS    what the lab sees: host (all that this machine has), v2, or v1
# KEEP       directory that the data root is copied to after the daemon has ended, or empty
set -eu
root=$1 lab=$2 data_root=$3 template=$4 cgroups=$5 keep=$6
shift 6

# Everything that a lab writes is in memory and goes with its namespaces.
mount -t tmpfs -o mode=0755 tmpfs "$lab/mnt"
mkdir "$lab/mnt/upper" "$lab/mnt/work" "$lab/mnt/root"
new=$lab/mnt/root
if ! mount -t overlay overlay -o "lowerdir=$root,upperdir=$lab/mnt/upper,workdir=$lab/mnt/work" "$new"; then
  echo 'overlayfs cannot be mounted over the cache: copying the root file system'
  # pivot_root wants a mount point
  mount --bind "$new" "$new"
  cp -a "$root/." "$new/"
fi

mount -t tmpfs -o mode=0710 tmpfs "$new$data_root"
copying=
if [ -n "$template" ]; then
  # the longest step: the others are done meanwhile
  cp -a "$template/." "$new$data_root/" &
  copying=$!
fi
mount -t proc proc "$new/proc"
# sysfs shows the network namespace that it is mounted from
mount -t sysfs sysfs "$new/sys"
case $cgroups in
  v2) mount -t cgroup2 cgroup2 "$new/sys/fs/cgroup" ;;
  *) mount --rbind /sys/fs/cgroup "$new/sys/fs/cgroup" ;;
esac
if [ "$cgroups" = v1 ] && [ -d "$new/sys/fs/cgroup/unified" ]; then
  umount "$new/sys/fs/cgroup/unified"
fi
mount --rbind /dev "$new/dev"
mount -t tmpfs -o mode=0755 tmpfs "$new/run"
mkdir "$new/run/lab" "$new/run/lock"
mount --bind "$lab/socket" "$new/run/lab"
if [ -n "$keep" ]; then
  mkdir "$new/run/keep"
  mount --bind "$keep" "$new/run/keep"
fi

if [ -n "$copying" ]; then
  wait "$copying"
fi

mkdir "$new/.old"
cd "$new"
# Not chroot: under it the engine cannot make mount namespaces of its own.
pivot_root . .old
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/tmp
cd /
umount -l /.old
rmdir /.old
ip link set lo up
# The lab's name server (etc/resolv.conf): nobody listens there, so an unknown name is refused at once. Without it the
# engine falls back on public servers, and every unknown name is a wait of ten seconds or more.
ip address add 192.0.2.53/32 dev lo
# A refusal that the kernel holds back looks like a silent host to whoever waits for it, for seconds.
for limit in ipv4/icmp_ratelimit ipv6/icmp/ratelimit; do
  [ ! -w "/proc/sys/net/$limit" ] || echo 0 >"/proc/sys/net/$limit"
done

if [ -n "$keep" ]; then
  tini-static -s -- "$@" &
  daemon=$!
  trap 'kill -TERM "$daemon"' TERM
  # the first wait ends with the signal, the second with the daemon
  wait "$daemon" || wait "$daemon"
  cp -a "$data_root/." /run/keep/
else
  exec tini-static -- "$@"
fi
