#!/bin/sh
# Makes the host of an engine out of a machine of its own, as launch.sh does it in namespaces, and waits for orders there.
set -eu
umask 022
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TMPDIR=/tmp
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mkdir -p /dev/pts /dev/shm /dev/mqueue
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t mqueue mqueue /dev/mqueue || :
# what is named on the kernel's command line: dnc.data=PATH, where the engine keeps its data
data_root=$(sed 's/.*dnc\.data=\([^ ]*\).*/\1/' /proc/cmdline)
mount -t tmpfs -o mode=0710 tmpfs "$data_root"

# A cgroup with processes of its own passes no controllers on.
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir /sys/fs/cgroup/host
echo $$ >/sys/fs/cgroup/host/cgroup.procs
for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
  echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control || :
done

# What engines and claims ask for; what is missing here, the kernel loads when it is asked for it.
modprobe -q dummy numdummies=0 || :
modprobe -a -q overlay bridge br_netfilter veth tun macvlan ipvlan 8021q vxlan sctp ip_vs ip_vs_rr xt_ipvs sch_netem \
  nf_tables nft_compat nft_chain_nat nft_masq nft_nat nft_ct nft_reject_inet nft_log nft_fib_inet nf_conntrack_netlink \
  xt_conntrack xt_MASQUERADE xt_addrtype xt_nat xt_REDIRECT xt_tcpudp xt_mark xt_comment xt_set xt_u32 xt_policy xt_esp \
  ipt_REJECT ip6t_REJECT ip_set_hash_net ip_set_hash_ip esp4 xfrm_user || :

ip link set lo up
# as in launch.sh: a name server that knows no name and says so, and refusals that are not held back
ip address add 192.0.2.53/32 dev lo
dnsmasq --conf-file=/dev/null --user=root --pid-file= --no-resolv --no-hosts --local=/#/ \
  --bind-interfaces --listen-address=192.0.2.53 || echo 'the lab has no name server'
for limit in ipv4/icmp_ratelimit ipv6/icmp/ratelimit; do
  [ ! -w "/proc/sys/net/$limit" ] || echo 0 >"/proc/sys/net/$limit"
done

guest=/run/lab/guest
libraries=$guest/usr/lib/x86_64-linux-gnu
exec tini-static -- "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" "$guest/usr/bin/perl" \
  "-I$libraries/perl-base" /run/lab/agent.pl eth0 10.0.2.15 2375 2376
