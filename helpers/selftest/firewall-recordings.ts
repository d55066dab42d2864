/** What printFirewall printed on hosts of Podman, recorded in labs; lines that nothing reads are left out. */

/** 4.3.1, after its first containers are gone: netavark 1.4 with its iptables driver. */
export const podman4AfterItsContainers = `== ip
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:NETAVARK_FORWARD - [0:0]
-A FORWARD -m comment --comment "netavark firewall plugin rules" -j NETAVARK_FORWARD
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:NETAVARK-DN-1D8721804F16F - [0:0]
:NETAVARK-HOSTPORT-DNAT - [0:0]
:NETAVARK-HOSTPORT-MASQ - [0:0]
:NETAVARK-HOSTPORT-SETMARK - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j NETAVARK-HOSTPORT-DNAT
-A OUTPUT -m addrtype --dst-type LOCAL -j NETAVARK-HOSTPORT-DNAT
-A POSTROUTING -j NETAVARK-HOSTPORT-MASQ
-A NETAVARK-HOSTPORT-MASQ -m comment --comment "netavark portfw masq mark" -m mark --mark 0x2000/0x2000 -j MASQUERADE
-A NETAVARK-HOSTPORT-SETMARK -j MARK --set-xmark 0x2000/0x2000
COMMIT
== ip6

== nft
# Warning: table ip nat is managed by iptables-nft, do not touch!
table ip nat {
	chain POSTROUTING {
		type nat hook postrouting priority srcnat; policy accept;
		counter packets 0 bytes 0 jump NETAVARK-HOSTPORT-MASQ
	}

	chain NETAVARK-HOSTPORT-DNAT {
	}
}
# Warning: table ip filter is managed by iptables-nft, do not touch!
table ip filter {
	chain NETAVARK_FORWARD {
	}
}
`;

/** What the same host has more while a container runs that publishes a port, in its table nat. */
export const podman4RulesOfAContainer = `-A POSTROUTING -s 10.88.0.0/16 -j NETAVARK-1D8721804F16F
-A NETAVARK-DN-1D8721804F16F -p tcp -m tcp --dport 43993 -j DNAT --to-destination 10.88.0.2:80
-A NETAVARK-HOSTPORT-DNAT -p tcp -m tcp --dport 43993 -m comment --comment "dnat name: podman id: 09c22828ba6a" -j NETAVARK-DN-1D8721804F16F
`;

/** 5.8.6, after its first containers are gone: netavark 1.17 with its nftables driver. */
export const podman5AfterItsContainers = `== ip

== ip6

== nft
table inet netavark {
	chain INPUT {
		type filter hook input priority filter; policy accept;
	}

	chain FORWARD {
		type filter hook forward priority filter; policy accept;
		ct state invalid drop
		jump NETAVARK-ISOLATION-1
	}

	chain POSTROUTING {
		type nat hook postrouting priority srcnat; policy accept;
		meta mark & 0x00002000 == 0x00002000 masquerade
	}

	chain PREROUTING {
		type nat hook prerouting priority dstnat; policy accept;
		fib daddr type local jump NETAVARK-HOSTPORT-DNAT
	}

	chain OUTPUT {
		type nat hook output priority dstnat; policy accept;
		fib daddr type local jump NETAVARK-HOSTPORT-DNAT
	}

	chain NETAVARK-HOSTPORT-DNAT {
	}

	chain NETAVARK-HOSTPORT-SETMARK {
		meta mark set meta mark | 0x00002000
	}

	chain NETAVARK-ISOLATION-1 {
	}

	chain NETAVARK-ISOLATION-2 {
	}

	chain NETAVARK-ISOLATION-3 {
		jump NETAVARK-ISOLATION-2
	}
}
`;

/** What the same host has more while a container runs that publishes a port: a chain, and rules in chains that stay. */
export const podman5ChainOfAContainer = `	chain nv_2f259bab_10_88_0_0_nm16_dnat {
		tcp dport 35359 dnat ip to 10.88.0.2:80
	}
`;

/** 4.3.1 on the plug-ins of CNI, after its first containers are gone. */
export const cniAfterItsContainers = `== ip
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:CNI-ADMIN - [0:0]
:CNI-FORWARD - [0:0]
-A FORWARD -m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD
-A CNI-FORWARD -m comment --comment "CNI firewall plugin admin overrides" -j CNI-ADMIN
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:CNI-HOSTPORT-DNAT - [0:0]
:CNI-HOSTPORT-MASQ - [0:0]
:CNI-HOSTPORT-SETMARK - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A OUTPUT -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT
-A POSTROUTING -m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ
-A CNI-HOSTPORT-MASQ -m mark --mark 0x2000/0x2000 -j MASQUERADE
-A CNI-HOSTPORT-SETMARK -m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000
COMMIT
`;

/**
 * What `nft -j list ruleset` printed on the host of Docker 29.7.2 with the firewall backend nftables, while a container on the
 * default bridge published port 80 at 32768: its table of IPv4.
 */
export const docker29Ruleset = `{"nftables": [
{"table": {"family": "ip", "name": "docker-bridges", "handle": 1}},
{"chain": {"family": "ip", "table": "docker-bridges", "name": "filter-FORWARD", "handle": 1, "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}},
{"chain": {"family": "ip", "table": "docker-bridges", "name": "nat-OUTPUT", "handle": 2, "type": "nat", "hook": "output", "prio": -100, "policy": "accept"}},
{"chain": {"family": "ip", "table": "docker-bridges", "name": "nat-POSTROUTING", "handle": 3, "type": "nat", "hook": "postrouting", "prio": 100, "policy": "accept"}},
{"chain": {"family": "ip", "table": "docker-bridges", "name": "nat-PREROUTING", "handle": 4, "type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept"}},
{"chain": {"family": "ip", "table": "docker-bridges", "name": "nat-prerouting-and-output", "handle": 5}},
{"chain": {"family": "ip", "table": "docker-bridges", "name": "raw-PREROUTING", "handle": 6, "type": "filter", "hook": "prerouting", "prio": -300, "policy": "accept"}},
{"chain": {"family": "ip", "table": "docker-bridges", "name": "filter-forward-in__docker0", "handle": 17}},
{"chain": {"family": "ip", "table": "docker-bridges", "name": "filter-forward-out__docker0", "handle": 18}},
{"chain": {"family": "ip", "table": "docker-bridges", "name": "nat-postrouting-in__docker0", "handle": 19}},
{"chain": {"family": "ip", "table": "docker-bridges", "name": "nat-postrouting-out__docker0", "handle": 20}},
{"map": {"family": "ip", "name": "filter-forward-in-jumps", "table": "docker-bridges", "type": "ifname", "handle": 7, "map": "verdict", "elem": [["docker0", {"jump": {"target": "filter-forward-in__docker0"}}]]}},
{"map": {"family": "ip", "name": "filter-forward-out-jumps", "table": "docker-bridges", "type": "ifname", "handle": 8, "map": "verdict", "elem": [["docker0", {"jump": {"target": "filter-forward-out__docker0"}}]]}},
{"map": {"family": "ip", "name": "nat-postrouting-in-jumps", "table": "docker-bridges", "type": "ifname", "handle": 9, "map": "verdict", "elem": [["docker0", {"jump": {"target": "nat-postrouting-in__docker0"}}]]}},
{"map": {"family": "ip", "name": "nat-postrouting-out-jumps", "table": "docker-bridges", "type": "ifname", "handle": 10, "map": "verdict", "elem": [["docker0", {"jump": {"target": "nat-postrouting-out__docker0"}}]]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "filter-FORWARD", "handle": 11, "expr": [{"vmap": {"key": {"meta": {"key": "oifname"}}, "data": "@filter-forward-in-jumps"}}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "filter-FORWARD", "handle": 12, "expr": [{"vmap": {"key": {"meta": {"key": "iifname"}}, "data": "@filter-forward-out-jumps"}}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "nat-OUTPUT", "handle": 13, "expr": [{"match": {"op": "!=", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": {"prefix": {"addr": "127.0.0.0", "len": 8}}}}, {"match": {"op": "==", "left": {"fib": {"result": "type", "flags": ["daddr"]}}, "right": "local"}}, {"counter": {"packets": 0, "bytes": 0}}, {"jump": {"target": "nat-prerouting-and-output"}}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "nat-POSTROUTING", "handle": 14, "expr": [{"vmap": {"key": {"meta": {"key": "iifname"}}, "data": "@nat-postrouting-out-jumps"}}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "nat-POSTROUTING", "handle": 15, "expr": [{"vmap": {"key": {"meta": {"key": "oifname"}}, "data": "@nat-postrouting-in-jumps"}}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "nat-PREROUTING", "handle": 16, "expr": [{"match": {"op": "==", "left": {"fib": {"result": "type", "flags": ["daddr"]}}, "right": "local"}}, {"counter": {"packets": 0, "bytes": 0}}, {"jump": {"target": "nat-prerouting-and-output"}}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "nat-prerouting-and-output", "handle": 32, "comment": "DNAT", "expr": [{"match": {"op": "!=", "left": {"meta": {"key": "iifname"}}, "right": "docker0"}}, {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 32768}}, {"counter": {"packets": 0, "bytes": 0}}, {"dnat": {"addr": "172.17.0.2", "port": 80}}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "raw-PREROUTING", "handle": 27, "comment": "DROP DIRECT ACCESS", "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": "172.17.0.2"}}, {"match": {"op": "!=", "left": {"meta": {"key": "iifname"}}, "right": "docker0"}}, {"counter": {"packets": 0, "bytes": 0}}, {"drop": null}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "filter-forward-in__docker0", "handle": 28, "expr": [{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}}, {"counter": {"packets": 0, "bytes": 0}}, {"accept": null}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "filter-forward-in__docker0", "handle": 29, "comment": "ICC", "expr": [{"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "docker0"}}, {"counter": {"packets": 0, "bytes": 0}}, {"accept": null}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "filter-forward-in__docker0", "handle": 30, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": "172.17.0.2"}}, {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 80}}, {"counter": {"packets": 0, "bytes": 0}}, {"accept": null}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "filter-forward-in__docker0", "handle": 31, "comment": "UNPUBLISHED PORT DROP", "expr": [{"counter": {"packets": 0, "bytes": 0}}, {"drop": null}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "filter-forward-out__docker0", "handle": 24, "expr": [{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}}, {"counter": {"packets": 0, "bytes": 0}}, {"accept": null}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "filter-forward-out__docker0", "handle": 25, "comment": "OUTGOING", "expr": [{"counter": {"packets": 0, "bytes": 0}}, {"accept": null}]}},
{"rule": {"family": "ip", "table": "docker-bridges", "chain": "nat-postrouting-out__docker0", "handle": 26, "comment": "MASQUERADE", "expr": [{"match": {"op": "!=", "left": {"meta": {"key": "oifname"}}, "right": "docker0"}}, {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": {"prefix": {"addr": "172.17.0.0", "len": 16}}}}, {"counter": {"packets": 0, "bytes": 0}}, {"masquerade": null}]}}
]}`;

/**
 * 29.7.2 with the firewall backend nftables, while a container publishes port 80 at 8080, beside an internal network: its table
 * of IPv4. Docker has no rules of iptables then.
 */
export const docker29WithNftables = `== ip

== ip6

== nft
table ip docker-bridges {
	map filter-forward-in-jumps {
		type ifname : verdict
	}

	map filter-forward-out-jumps {
		type ifname : verdict
	}

	map nat-postrouting-in-jumps {
		type ifname : verdict
	}

	map nat-postrouting-out-jumps {
		type ifname : verdict
	}

	chain filter-FORWARD {
		type filter hook forward priority filter; policy accept;
		oifname vmap @filter-forward-in-jumps
		iifname vmap @filter-forward-out-jumps
	}

	chain nat-OUTPUT {
		type nat hook output priority dstnat; policy accept;
		ip daddr != 127.0.0.0/8 fib daddr type local counter packets 0 bytes 0 jump nat-prerouting-and-output
	}

	chain nat-POSTROUTING {
		type nat hook postrouting priority srcnat; policy accept;
		iifname vmap @nat-postrouting-out-jumps
		oifname vmap @nat-postrouting-in-jumps
	}

	chain nat-PREROUTING {
		type nat hook prerouting priority dstnat; policy accept;
		fib daddr type local counter packets 0 bytes 0 jump nat-prerouting-and-output
	}

	chain nat-prerouting-and-output {
		iifname != "docker0" tcp dport 8080 counter packets 0 bytes 0 dnat to 172.17.0.2:80 comment "DNAT"
	}

	chain raw-PREROUTING {
		type filter hook prerouting priority raw; policy accept;
		ip daddr 172.17.0.2 iifname != "docker0" counter packets 0 bytes 0 drop comment "DROP DIRECT ACCESS"
	}

	chain filter-forward-in__docker0 {
		ct state established,related counter packets 0 bytes 0 accept
		iifname "docker0" counter packets 0 bytes 0 accept comment "ICC"
		ip daddr 172.17.0.2 tcp dport 80 counter packets 0 bytes 0 accept
		counter packets 0 bytes 0 drop comment "UNPUBLISHED PORT DROP"
	}

	chain filter-forward-out__docker0 {
		ct state established,related counter packets 0 bytes 0 accept
		counter packets 0 bytes 0 accept comment "OUTGOING"
	}

	chain nat-postrouting-in__docker0 {
	}

	chain nat-postrouting-out__docker0 {
		oifname != "docker0" ip saddr 172.17.0.0/16 counter packets 0 bytes 0 masquerade comment "MASQUERADE"
	}

	chain filter-forward-in__inner {
		ct state established,related counter packets 0 bytes 0 accept
		iifname != "inner" counter packets 0 bytes 0 drop comment "INTERNAL NETWORK INGRESS"
		counter packets 0 bytes 0 accept comment "ICC"
	}

	chain filter-forward-out__inner {
		ct state established,related counter packets 0 bytes 0 accept
		oifname != "inner" counter packets 0 bytes 0 drop comment "INTERNAL NETWORK EGRESS"
	}

	chain nat-postrouting-in__inner {
	}

	chain nat-postrouting-out__inner {
	}
}
`;
