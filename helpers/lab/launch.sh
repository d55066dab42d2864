#!/bin/sh
# Runs as the first process of new net, mount and PID namespaces: makes the lab's file system and starts its daemon.
#
#   launch.sh ROOT LAB DATA_ROOT TEMPLATE CGROUPS KEEP DAEMON...
#
# ROOT       root file system of the engine; only read
# LAB        the lab's folder: LAB/socket is shared with the lab, LAB/mnt is a place to mount things, LAB/files, if it
#            exists, has files that this lab has beside those of ROOT or instead of them
# DATA_ROOT  where the engine keeps its data
# TEMPLATE   directory that the data root starts as a copy of, or empty
# CGROUPS    what the lab sees: host (all that this machine has) or own (nothing but a cgroup of its own, without the
#            mixture of v1 and v2); host-v2 and own-v2 are the same of the hierarchy of version 2 alone
# KEEP       directory that the data root is copied to after the daemon has ended, or empty
set -eu
# not everybody in a lab is root
umask 022
root=$1 lab=$2 data_root=$3 template=$4 cgroups=$5 keep=$6
name=$(basename "$lab")
shift 6

own_unified_cgroup() {
  mount -t cgroup2 cgroup2 "$new/sys/fs/cgroup"
  mkdir "$new/sys/fs/cgroup/$name"
  mount --bind "$new/sys/fs/cgroup/$name" "$new/sys/fs/cgroup"
}

own_cgroups() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    own_unified_cgroup
    return
  fi
  mount -t tmpfs -o mode=0755 tmpfs "$new/sys/fs/cgroup"
  for hierarchy in /sys/fs/cgroup/*/; do
    controller=$(basename "$hierarchy")
    if [ "$controller" = unified ]; then
      continue
    fi
    # -p: cpu and cpuacct can be two names of one hierarchy
    mkdir -p "$hierarchy/$name" "$new/sys/fs/cgroup/$controller"
    # a new cpuset has no processor, and nothing can run in it
    for setting in cpuset.cpus cpuset.mems; do
      [ ! -e "$hierarchy/$setting" ] || cat "$hierarchy/$setting" >"$hierarchy/$name/$setting"
    done
    mount --bind "$hierarchy/$name" "$new/sys/fs/cgroup/$controller"
  done
}

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

[ ! -d "$lab/files" ] || cp -dR --remove-destination "$lab/files/." "$new/"

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
  host) mount --rbind /sys/fs/cgroup "$new/sys/fs/cgroup" ;;
  host-v2) mount -t cgroup2 cgroup2 "$new/sys/fs/cgroup" ;;
  own) own_cgroups ;;
  own-v2) own_unified_cgroup ;;
esac
mount --rbind /dev "$new/dev"
mount -t tmpfs -o mode=0755 tmpfs "$new/run"
mkdir "$new/run/lab" "$new/run/lock"
mount --bind "$lab/socket" "$new/run/lab"
# The kernel writes 64 bytes for each process of these namespaces that ends (acct(2), acct(5)), where it has that and
# perl, which knows no name for the call, can ask for it.
case $(uname -m) in
  x86_64) account=163 ;;
  aarch64) account=89 ;;
  *) account= ;;
esac
: >"$new/run/lab/ended"
if [ -z "$account" ] || ! perl -e 'exit syscall($ARGV[0] + 0, $ARGV[1]) == -1' "$account" "$new/run/lab/ended" 2>/dev/null; then
  rm "$new/run/lab/ended"
fi
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
# The lab's name server (etc/resolv.conf) knows no name and says so. Without one the engine falls back on public servers,
# which cannot be reached from here, and every unknown name is a wait of ten seconds or more.
ip address add 192.0.2.53/32 dev lo
dnsmasq --conf-file=/dev/null --user=root --pid-file= --no-resolv --no-hosts --local=/#/ \
  --bind-interfaces --listen-address=192.0.2.53 || echo 'the lab has no name server'
# A refusal that the kernel holds back looks like a silent host to whoever waits for it, for seconds.
for limit in ipv4/icmp_ratelimit ipv6/icmp/ratelimit; do
  [ ! -w "/proc/sys/net/$limit" ] || echo 0 >"/proc/sys/net/$limit"
done
# What an administrator would have set on this host when it was started.
[ ! -e /etc/sysctl.conf ] || sysctl -p /etc/sysctl.conf

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
