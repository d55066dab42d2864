/*
 * What the commands of stateScript printed in a lab with Docker Engine 28.5.2 (iproute2 and iptables-nft 1.8 of Debian forky):
 * nginx01 and nginx02 on the default bridge, nginx02 with its port 80 published, other on a network of its own. nginx01 had
 * just fetched a page of nginx02. Shortened: what nothing reads is left out.
 */

/** State of the host. */
export const printedByHost = {
  link: `[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"operstate":"UNKNOWN","address":"00:00:00:00:00:00","stats64":{"rx":{"packets":0},"tx":{"packets":0}}},
{"ifindex":2,"ifname":"docker0","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"operstate":"UP","address":"16:6f:ef:9e:19:a9","linkinfo":{"info_kind":"bridge"},"stats64":{"rx":{"packets":7},"tx":{"packets":6}}},
{"ifindex":3,"ifname":"br-1bead70cd95b","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"operstate":"UP","address":"62:be:d0:93:03:fe","linkinfo":{"info_kind":"bridge"},"stats64":{"rx":{"packets":3},"tx":{"packets":6}}},
{"ifindex":4,"link_index":2,"ifname":"vethf96bbc5","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"master":"docker0","operstate":"UP","address":"c6:cc:a8:28:96:bd","linkinfo":{"info_kind":"veth","info_slave_kind":"bridge","info_slave_data":{"state":"forwarding","isolated":false,"locked":false}},"stats64":{"rx":{"packets":11},"tx":{"packets":21}}},
{"ifindex":5,"link_index":2,"ifname":"veth974f3bd","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"master":"docker0","operstate":"UP","address":"da:44:f0:6b:c2:d9","linkinfo":{"info_kind":"veth","info_slave_kind":"bridge","info_slave_data":{"state":"forwarding","isolated":false,"locked":false}},"stats64":{"rx":{"packets":9},"tx":{"packets":19}}},
{"ifindex":6,"link_index":2,"ifname":"vethcb1896c","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"master":"br-1bead70cd95b","operstate":"UP","address":"3a:52:24:83:ee:1b","linkinfo":{"info_kind":"veth","info_slave_kind":"bridge","info_slave_data":{"state":"forwarding","isolated":false,"locked":false}},"stats64":{"rx":{"packets":3},"tx":{"packets":12}}}]
`,
  address: `[{"ifindex":1,"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"},{"family":"inet","local":"192.0.2.53","prefixlen":32,"scope":"global"}]},
{"ifindex":2,"ifname":"docker0","addr_info":[{"family":"inet","local":"172.17.0.1","prefixlen":16,"scope":"global"},{"family":"inet6","local":"fe80::146f:efff:fe9e:19a9","prefixlen":64,"scope":"link"}]},
{"ifindex":3,"ifname":"br-1bead70cd95b","addr_info":[{"family":"inet","local":"172.18.0.1","prefixlen":16,"scope":"global"}]},
{"ifindex":4,"ifname":"vethf96bbc5","addr_info":[]},
{"ifindex":5,"ifname":"veth974f3bd","addr_info":[]},
{"ifindex":6,"ifname":"vethcb1896c","addr_info":[]}]
`,
  neighbour: `[]
`,
  route: `@ 172.17.0.3
[{"dst":"172.17.0.3","dev":"docker0","prefsrc":"172.17.0.1","flags":[],"uid":0,"cache":[]}]
@ 172.17.0.3 from 172.17.0.2
[{"dst":"172.17.0.3","from":"172.17.0.2","dev":"docker0","flags":[],"cache":["redirect"],"iif":"docker0"}]
`,
  routes: `172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 
172.18.0.0/16 dev br-1bead70cd95b proto kernel scope link src 172.18.0.1 
`,
  listening: `LISTEN 0      32     192.0.2.53:53    0.0.0.0:* users:(("dnsmasq",pid=23,fd=5))
LISTEN 0      511       0.0.0.0:80    0.0.0.0:* users:(("nginx",pid=462,fd=3),("nginx",pid=449,fd=3))
LISTEN 0      4096      0.0.0.0:32768 0.0.0.0:* users:(("docker-proxy",pid=334,fd=7))
LISTEN 0      511          [::]:80       [::]:* users:(("nginx",pid=462,fd=4),("nginx",pid=449,fd=4))
LISTEN 0      4096         [::]:32768    [::]:* users:(("docker-proxy",pid=340,fd=7))
`,
  sysctl: `/proc/sys/net/ipv4/ip_forward:1
/proc/sys/net/ipv4/conf/all/forwarding:1
/proc/sys/net/ipv4/conf/docker0/forwarding:1
/proc/sys/net/ipv4/conf/all/rp_filter:0
/proc/sys/net/ipv4/conf/docker0/rp_filter:0
/proc/sys/net/ipv4/conf/all/arp_ignore:0
/proc/sys/net/ipv4/conf/docker0/arp_ignore:0
/proc/sys/net/bridge/bridge-nf-call-iptables:1
/proc/sys/net/netfilter/nf_conntrack_count:3
/proc/sys/net/netfilter/nf_conntrack_max:262144
`,
  iptables: `*raw
:PREROUTING ACCEPT [12:1841]
:OUTPUT ACCEPT [0:0]
[0:0] -A PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP
[0:0] -A PREROUTING -d 172.17.0.3/32 ! -i docker0 -j DROP
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER-USER - [0:0]
[12:1841] -A FORWARD -j DOCKER-USER
[12:1841] -A FORWARD -j DOCKER-FORWARD
[0:0] -A DOCKER -d 172.17.0.3/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
[0:0] -A DOCKER ! -i docker0 -o docker0 -j DROP
[1:60] -A DOCKER-BRIDGE -o docker0 -j DOCKER
[11:1781] -A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
[12:1841] -A DOCKER-FORWARD -j DOCKER-CT
[1:60] -A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1
[1:60] -A DOCKER-FORWARD -j DOCKER-BRIDGE
[1:60] -A DOCKER-FORWARD -i docker0 -j ACCEPT
[0:0] -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
[0:0] -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
COMMIT
*nat
:PREROUTING ACCEPT [1:60]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [2:80]
:POSTROUTING ACCEPT [3:140]
[0:0] -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
[0:0] -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
[0:0] -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
[0:0] -A DOCKER -i docker0 -j RETURN
[0:0] -A DOCKER ! -i docker0 -p tcp -m tcp --dport 32768 -j DNAT --to-destination 172.17.0.3:80
COMMIT
`,
  ip6tables: `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER-USER - [0:0]
[0:0] -A FORWARD -j DOCKER-USER
[0:0] -A FORWARD -j DOCKER-FORWARD
[0:0] -A DOCKER-FORWARD -j DOCKER-CT
[0:0] -A DOCKER-FORWARD -j DOCKER-ISOLATION-STAGE-1
[0:0] -A DOCKER-FORWARD -j DOCKER-BRIDGE
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
[0:0] -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
[0:0] -A OUTPUT ! -d ::1/128 -m addrtype --dst-type LOCAL -j DOCKER
COMMIT
`,
  nftables: `{"nftables": [{"metainfo":{"version":"1.1.7","release_name":"Commodore Bullmoose #8","json_schema_version":1}}]}
`,
  forwarding: `[{"mac":"16:6f:ef:9e:19:a9","ifname":"docker0","flags":[],"master":"docker0","state":"permanent"},
{"mac":"62:be:d0:93:03:fe","ifname":"br-1bead70cd95b","flags":[],"master":"br-1bead70cd95b","state":"permanent"},
{"mac":"ee:85:0b:ba:1c:31","ifname":"vethf96bbc5","flags":[],"master":"docker0","state":""},
{"mac":"c6:cc:a8:28:96:bd","ifname":"vethf96bbc5","flags":[],"master":"docker0","state":"permanent"},
{"mac":"56:f5:8d:72:e2:9d","ifname":"veth974f3bd","flags":[],"master":"docker0","state":""},
{"mac":"da:44:f0:6b:c2:d9","ifname":"veth974f3bd","flags":[],"master":"docker0","state":"permanent"},
{"mac":"22:c5:fb:3d:aa:f6","ifname":"vethcb1896c","flags":[],"master":"br-1bead70cd95b","state":""},
{"mac":"3a:52:24:83:ee:1b","ifname":"vethcb1896c","flags":[],"master":"br-1bead70cd95b","state":"permanent"}]
`,
  resolv: `# an address of the lab itself, from a range for documentation (RFC 5737); see launch.sh
nameserver 192.0.2.53
`,
};

/** State of the namespace of nginx01. */
export const printedByNginx01 = {
  link: `[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"operstate":"UNKNOWN","address":"00:00:00:00:00:00","stats64":{"rx":{"packets":0},"tx":{"packets":0}}},
{"ifindex":2,"link_index":4,"ifname":"eth0","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"operstate":"UP","address":"ee:85:0b:ba:1c:31","linkinfo":{"info_kind":"veth"},"stats64":{"rx":{"packets":21},"tx":{"packets":11}}}]
`,
  address: `[{"ifindex":1,"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
{"ifindex":2,"ifname":"eth0","addr_info":[{"family":"inet","local":"172.17.0.2","prefixlen":16,"scope":"global"}]}]
`,
  neighbour: `[{"dst":"172.17.0.3","dev":"eth0","lladdr":"56:f5:8d:72:e2:9d","state":["REACHABLE"]}]
`,
  route: `@ 172.17.0.3
[{"dst":"172.17.0.3","dev":"eth0","prefsrc":"172.17.0.2","flags":[],"uid":0,"cache":[]}]
`,
  routes: `default via 172.17.0.1 dev eth0 
172.17.0.0/16 dev eth0 proto kernel scope link src 172.17.0.2 
`,
  listening: `LISTEN 0      511    0.0.0.0:80 0.0.0.0:* users:(("nginx",pid=285,fd=3),("nginx",pid=272,fd=3))
LISTEN 0      511       [::]:80    [::]:* users:(("nginx",pid=285,fd=4),("nginx",pid=272,fd=4))
`,
  sysctl: `/proc/sys/net/ipv4/ip_forward:0
/proc/sys/net/ipv4/conf/all/forwarding:0
/proc/sys/net/ipv4/conf/eth0/forwarding:0
/proc/sys/net/ipv4/conf/all/rp_filter:0
/proc/sys/net/ipv4/conf/eth0/rp_filter:0
/proc/sys/net/ipv4/conf/all/arp_ignore:0
/proc/sys/net/ipv4/conf/eth0/arp_ignore:0
/proc/sys/net/bridge/bridge-nf-call-iptables:1
/proc/sys/net/netfilter/nf_conntrack_count:0
/proc/sys/net/netfilter/nf_conntrack_max:262144
`,
  nftables: `{"nftables": [{"metainfo":{"version":"1.1.7","release_name":"Commodore Bullmoose #8","json_schema_version":1}}]}
`,
  forwarding: `[{"mac":"33:33:00:00:00:01","ifname":"eth0","flags":["self"],"state":"permanent"},{"mac":"01:00:5e:00:00:01","ifname":"eth0","flags":["self"],"state":"permanent"}]
`,
  resolv: `# Generated by Docker Engine.
# This file can be edited; Docker Engine will not make further changes once it
# has been modified.

nameserver 192.0.2.53

# Based on host file: '/etc/resolv.conf' (legacy)
# Overrides: []
`,
};

/** State of the namespace of nginx02. */
export const printedByNginx02 = {
  link: `[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"operstate":"UNKNOWN","address":"00:00:00:00:00:00","stats64":{"rx":{"packets":0},"tx":{"packets":0}}},
{"ifindex":2,"link_index":5,"ifname":"eth0","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"operstate":"UP","address":"56:f5:8d:72:e2:9d","linkinfo":{"info_kind":"veth"},"stats64":{"rx":{"packets":19},"tx":{"packets":9}}}]
`,
  address: `[{"ifindex":1,"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
{"ifindex":2,"ifname":"eth0","addr_info":[{"family":"inet","local":"172.17.0.3","prefixlen":16,"scope":"global"}]}]
`,
  neighbour: `[{"dst":"172.17.0.2","dev":"eth0","lladdr":"ee:85:0b:ba:1c:31","state":["DELAY"]}]
`,
  route: `@ 172.17.0.2
[{"dst":"172.17.0.2","dev":"eth0","prefsrc":"172.17.0.3","flags":[],"uid":0,"cache":[]}]
@ 172.17.0.1
[{"dst":"172.17.0.1","dev":"eth0","prefsrc":"172.17.0.3","flags":[],"uid":0,"cache":[]}]
`,
  routes: `default via 172.17.0.1 dev eth0 
172.17.0.0/16 dev eth0 proto kernel scope link src 172.17.0.3 
`,
  listening: `LISTEN 0      511    0.0.0.0:80 0.0.0.0:* users:(("nginx",pid=356,fd=3),("nginx",pid=320,fd=3))
LISTEN 0      511       [::]:80    [::]:* users:(("nginx",pid=356,fd=4),("nginx",pid=320,fd=4))
`,
  sysctl: `/proc/sys/net/ipv4/ip_forward:0
/proc/sys/net/ipv4/conf/all/forwarding:0
/proc/sys/net/ipv4/conf/eth0/forwarding:0
/proc/sys/net/ipv4/conf/all/rp_filter:0
/proc/sys/net/ipv4/conf/eth0/rp_filter:0
/proc/sys/net/ipv4/conf/all/arp_ignore:0
/proc/sys/net/ipv4/conf/eth0/arp_ignore:0
/proc/sys/net/bridge/bridge-nf-call-iptables:1
/proc/sys/net/netfilter/nf_conntrack_count:0
/proc/sys/net/netfilter/nf_conntrack_max:262144
`,
  nftables: `{"nftables": [{"metainfo":{"version":"1.1.7","release_name":"Commodore Bullmoose #8","json_schema_version":1}}]}
`,
  forwarding: `[{"mac":"33:33:00:00:00:01","ifname":"eth0","flags":["self"],"state":"permanent"},{"mac":"01:00:5e:00:00:01","ifname":"eth0","flags":["self"],"state":"permanent"}]
`,
  resolv: `# Generated by Docker Engine.
# This file can be edited; Docker Engine will not make further changes once it
# has been modified.

nameserver 192.0.2.53

# Based on host file: '/etc/resolv.conf' (legacy)
# Overrides: []
`,
};

/** State of the namespace of other. */
export const printedByOther = {
  link: `[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"operstate":"UNKNOWN","address":"00:00:00:00:00:00","stats64":{"rx":{"packets":0},"tx":{"packets":0}}},
{"ifindex":2,"link_index":6,"ifname":"eth0","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"operstate":"UP","address":"22:c5:fb:3d:aa:f6","linkinfo":{"info_kind":"veth"},"stats64":{"rx":{"packets":12},"tx":{"packets":3}}}]
`,
  address: `[{"ifindex":1,"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
{"ifindex":2,"ifname":"eth0","addr_info":[{"family":"inet","local":"172.18.0.2","prefixlen":16,"scope":"global"}]}]
`,
  neighbour: `[]
`,
  route: `@ 172.17.0.3
[{"dst":"172.17.0.3","gateway":"172.18.0.1","dev":"eth0","prefsrc":"172.18.0.2","flags":[],"uid":0,"cache":[]}]
`,
  routes: `default via 172.18.0.1 dev eth0 
172.18.0.0/16 dev eth0 proto kernel scope link src 172.18.0.2 
`,
  listening: `LISTEN 0      4096   127.0.0.11:41999 0.0.0.0:* users:(("dockerd",pid=24,fd=51))
LISTEN 0      511       0.0.0.0:80    0.0.0.0:* users:(("nginx",pid=416,fd=3),("nginx",pid=392,fd=3))
LISTEN 0      511          [::]:80       [::]:* users:(("nginx",pid=416,fd=4),("nginx",pid=392,fd=4))
`,
  sysctl: `/proc/sys/net/ipv4/ip_forward:0
/proc/sys/net/ipv4/conf/all/forwarding:0
/proc/sys/net/ipv4/conf/eth0/forwarding:0
/proc/sys/net/ipv4/conf/all/rp_filter:0
/proc/sys/net/ipv4/conf/eth0/rp_filter:0
/proc/sys/net/ipv4/conf/all/arp_ignore:0
/proc/sys/net/ipv4/conf/eth0/arp_ignore:0
/proc/sys/net/bridge/bridge-nf-call-iptables:1
/proc/sys/net/netfilter/nf_conntrack_count:0
/proc/sys/net/netfilter/nf_conntrack_max:262144
`,
  iptables: `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
[0:0] -A OUTPUT -d 127.0.0.11/32 -j DOCKER_OUTPUT
[0:0] -A POSTROUTING -d 127.0.0.11/32 -j DOCKER_POSTROUTING
[0:0] -A DOCKER_OUTPUT -d 127.0.0.11/32 -p tcp -m tcp --dport 53 -j DNAT --to-destination 127.0.0.11:41999
[0:0] -A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:45712
[0:0] -A DOCKER_POSTROUTING -s 127.0.0.11/32 -p tcp -m tcp --sport 41999 -j SNAT --to-source :53
[0:0] -A DOCKER_POSTROUTING -s 127.0.0.11/32 -p udp -m udp --sport 45712 -j SNAT --to-source :53
COMMIT
`,
  nftables: `{"nftables": [{"metainfo":{"version":"1.1.7","release_name":"Commodore Bullmoose #8","json_schema_version":1}}]}
`,
  forwarding: `[{"mac":"33:33:00:00:00:01","ifname":"eth0","flags":["self"],"state":"permanent"},{"mac":"01:00:5e:00:00:01","ifname":"eth0","flags":["self"],"state":"permanent"}]
`,
  resolv: `# Generated by Docker Engine.
# This file can be edited; Docker Engine will not make further changes once it
# has been modified.

nameserver 127.0.0.11
options ndots:0

# Based on host file: '/etc/resolv.conf' (internal resolver)
# ExtServers: [host(192.0.2.53)]
# Overrides: []
# Option ndots from: internal
`,
};

/** `iptables-save -c` of its host, as far as DOCKER-USER is concerned, before and after a probe that a rule there dropped. */
export const droppedInDockerUser = {
  before: `*filter
:FORWARD DROP [0:0]
:DOCKER-USER - [0:0]
[12:1841] -A FORWARD -j DOCKER-USER
[12:1841] -A FORWARD -j DOCKER-FORWARD
[0:0] -A DOCKER-USER -p tcp -m tcp --dport 80 -j DROP
COMMIT
`,
  after: `*filter
:FORWARD DROP [0:0]
:DOCKER-USER - [0:0]
[14:1961] -A FORWARD -j DOCKER-USER
[12:1841] -A FORWARD -j DOCKER-FORWARD
[2:120] -A DOCKER-USER -p tcp -m tcp --dport 80 -j DROP
COMMIT
`,
};

/** `iptables-legacy-save -c` of a host where somebody used that program as well. */
export const savedByLegacy = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
[0:0] -A FORWARD -p tcp -j DROP
COMMIT
`;

/** `nft -j list ruleset` of a host that has the tables of iptables-nft and one of its own. */
export const rulesetWithForeignTable = `{"nftables": [
{"metainfo":{"version":"1.1.7","release_name":"Commodore Bullmoose #8","json_schema_version":1}},
{"chain":{"family":"ip","table":"filter","name":"DOCKER","handle":1}},
{"chain":{"family":"ip","table":"filter","name":"FORWARD","handle":7,"type":"filter","hook":"forward","prio":0,"policy":"drop"}},
{"rule":{"family":"ip","table":"filter","chain":"DOCKER","handle":15,"expr":[{"match":{"op":"!=","left":{"meta":{"key":"iifname"}},"right":"docker0"}},{"match":{"op":"==","left":{"meta":{"key":"oifname"}},"right":"docker0"}},{"counter":{"packets":0,"bytes":0}},{"drop":null}]}},
{"table":{"family":"inet","name":"t","handle":6}},
{"chain":{"family":"inet","table":"t","name":"f","handle":1,"type":"filter","hook":"forward","prio":0,"policy":"drop"}},
{"chain":{"family":"inet","table":"t","name":"side","handle":6}},
{"rule":{"family":"inet","table":"t","chain":"f","handle":2,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":80}},{"counter":{"packets":0,"bytes":0}},{"drop":null}]}},
{"rule":{"family":"inet","table":"t","chain":"f","handle":4,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":"172.17.0.2"}},{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":{"set":[80,443]}}},{"reject":{"type":"icmp","expr":"port-unreachable"}}]}},
{"rule":{"family":"inet","table":"t","chain":"f","handle":5,"expr":[{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"daddr"}},"right":{"prefix":{"addr":"172.17.0.0","len":16}}}},{"match":{"op":"==","left":{"payload":{"protocol":"udp","field":"dport"}},"right":53}},{"accept":null}]}},
{"rule":{"family":"inet","table":"t","chain":"side","handle":7,"expr":[{"counter":{"packets":0,"bytes":0}},{"accept":null}]}}
]}
`;

/** What `ip -j route get` said: of 172.17.0.3 in nginx01 with these routes, and between the two networks. */
export const routeAnswers = {
  'a blackhole': 'RTNETLINK answers: Invalid argument\n',
  'an unreachable one': 'RTNETLINK answers: No route to host\n',
  'a prohibited one': 'RTNETLINK answers: Permission denied\n',
  'via another gateway':
    '[{"dst":"172.17.0.3","gateway":"172.17.0.77","dev":"eth0","prefsrc":"172.17.0.2","flags":[],"uid":0,"cache":[]}]\n',
  none: 'RTNETLINK answers: Network is unreachable\n',
  'on the host, for a packet that it takes for forged': 'RTNETLINK answers: Invalid argument\n',
  'on the host, for a packet from other to nginx02':
    '[{"dst":"172.17.0.3","from":"172.18.0.2","dev":"docker0","flags":[],"cache":[],"iif":"br-1bead70cd95b"}]\n',
  'in nginx02, for its answer to other':
    '[{"dst":"172.18.0.2","gateway":"172.17.0.1","dev":"eth0","prefsrc":"172.17.0.3","flags":[],"uid":0,"cache":[]}]\n',
};

/** Their ids. */
export const ids = {
  nginx01: '31dfa32a9b94dbe74d2f28356fe8745f7a8023474e6144d5d1c201be1c8e14f1',
  nginx02: 'c2196a2df52eface4c235d94d29e5006bf124588d946383d54a0807188489cd7',
  other: '9e239d428d987cd5e9986906d999adb45afd04e5c4fe17257fd625db59ebe593',
};
