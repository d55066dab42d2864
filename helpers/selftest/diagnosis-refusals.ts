/*
 * What engines said, in labs, when they were asked for these: the message of the error that the client library throws. Ids are
 * shortened.
 */
export const refused = {
  'a port that another container publishes': {
    'docker-20.10.24':
      '(HTTP code 500) server error - driver failed programming external connectivity on endpoint bb (54093879c926): Bind for 0.0.0.0:8080 failed: port is already allocated',
    'docker-26.1.5':
      '(HTTP code 500) server error - driver failed programming external connectivity on endpoint bb (53b5b09f4fe9): Bind for 0.0.0.0:8080 failed: port is already allocated',
    'docker-28.5.2':
      '(HTTP code 500) server error - failed to set up container networking: driver failed programming external connectivity on endpoint bb (83541ddb804e): Bind for 0.0.0.0:8080 failed: port is already allocated',
    'podman-4.3.1': '(HTTP code 500) server error - cannot listen on the TCP port: listen tcp4 :8080: bind: address already in use',
    'podman-5.8.6': '(HTTP code 500) server error - cannot listen on the TCP port: listen tcp4 :8080: bind: address already in use',
  },
  'a port on which somebody listens': {
    'docker-20.10.24':
      '(HTTP code 500) server error - driver failed programming external connectivity on endpoint cc (80c72a88ecd2): Error starting userland proxy: listen tcp4 0.0.0.0:9090: bind: address already in use',
    'docker-26.1.5':
      '(HTTP code 500) server error - driver failed programming external connectivity on endpoint cc (fdff83f54f6f): Error starting userland proxy: listen tcp4 0.0.0.0:9090: bind: address already in use',
    'docker-28.5.2':
      '(HTTP code 500) server error - failed to set up container networking: driver failed programming external connectivity on endpoint cc (b0a008f09e18): failed to bind host port for 0.0.0.0:9090:172.17.0.3:80/tcp: address already in use',
    'podman-4.3.1': '(HTTP code 500) server error - cannot listen on the TCP port: listen tcp4 :9090: bind: address already in use',
    'podman-5.8.6': '(HTTP code 500) server error - cannot listen on the TCP port: listen tcp4 :9090: bind: address already in use',
  },
  'a subnet that another network has': {
    'docker-20.10.24': '(HTTP code 403) unexpected - Pool overlaps with other one on this address space',
    'docker-26.1.5': '(HTTP code 403) unexpected - Pool overlaps with other one on this address space',
    'docker-28.5.2': '(HTTP code 403) unexpected - invalid pool request: Pool overlaps with other one on this address space',
    'podman-4.3.1': '(HTTP code 500) server error - subnet 10.77.0.0/24 is already used on the host or by another config',
    'podman-5.8.6': '(HTTP code 500) server error - subnet 10.77.0.0/24 is already used on the host or by another config',
  },
  'one container more than a network has addresses': {
    'docker-20.10.24': "(HTTP code 500) server error - no available IPv4 addresses on this network's address pools: tiny (9b9bd5983066)",
    'docker-26.1.5': "(HTTP code 500) server error - no available IPv4 addresses on this network's address pools: tiny (7c97a007c288)",
    'docker-28.5.2':
      "(HTTP code 500) server error - failed to set up container networking: no available IPv4 addresses on this network's address pools: tiny (c3861a276b6a)",
    'podman-4.3.1': '(HTTP code 500) server error - IPAM error: failed to find free IP in range: 10.78.0.1 - 10.78.0.2',
    'podman-5.8.6': '(HTTP code 500) server error - IPAM error: failed to find free IP in range: 10.78.0.1 - 10.78.0.2',
  },
  'a network that is not there': {
    'docker-20.10.24': '(HTTP code 404) no such container - network nowhere not found',
    'docker-26.1.5': '(HTTP code 404) no such container - network nowhere not found',
    'docker-28.5.2': '(HTTP code 404) no such container - failed to set up container networking: network nowhere not found',
    'podman-4.3.1': '(HTTP code 500) server error - container create: unable to find network with name or ID nowhere: network not found',
    'podman-5.8.6': '(HTTP code 500) server error - container create: unable to find network with name or ID nowhere: network not found',
  },
  'a connection to a network that is not there': {
    'docker-20.10.24': '(HTTP code 404) network or container is not found - network nowhere not found',
    'docker-26.1.5': '(HTTP code 404) network or container is not found - network nowhere not found',
    'docker-28.5.2': '(HTTP code 404) network or container is not found - network nowhere not found',
    'podman-4.3.1': '(HTTP code 404) network or container is not found - unable to find network with name or ID nowhere: network not found',
    'podman-5.8.6': '(HTTP code 404) network or container is not found - unable to find network with name or ID nowhere: network not found',
  },
  'a link that the kernel does not know': {
    'docker-20.10.24': '(HTTP code 500) server error - operation not supported',
    'docker-26.1.5': '(HTTP code 500) server error - operation not supported',
    'docker-28.5.2': '(HTTP code 500) server error - operation not supported',
    'podman-4.3.1': '(HTTP code 500) server error - unsupported driver ipvlan: invalid argument',
    'podman-5.8.6': '(HTTP code 500) server error - ipam driver dhcp is not supported with ipvlan',
  },
  'one network more than there are ranges': {
    'docker-20.10.24':
      '(HTTP code 404) driver not found - could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
    'docker-26.1.5':
      '(HTTP code 404) driver not found - could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
    'docker-28.5.2': '(HTTP code 400) unexpected - all predefined address pools have been fully subnetted',
  },
  'a published port, after somebody flushed the packet filter': {
    'docker-20.10.24':
      '(HTTP code 500) server error - driver failed programming external connectivity on endpoint ff (a46634f48317):  (iptables failed: iptables --wait -t nat -A DOCKER -p tcp -d 0/0 --dport 8181 -j DNAT --to-destination 172.17.0.3:80 ! -i docker0: iptables: No chain/target/match by that name.\n (exit status 1))',
    'docker-26.1.5':
      '(HTTP code 500) server error - driver failed programming external connectivity on endpoint ff (0787c4fea8d5):  (iptables failed: iptables --wait -t nat -A DOCKER -p tcp -d 0/0 --dport 8181 -j DNAT --to-destination 172.17.0.3:80 ! -i docker0: iptables: No chain/target/match by that name.\n (exit status 1))',
    'docker-28.5.2':
      '(HTTP code 500) server error - failed to set up container networking: driver failed programming external connectivity on endpoint ff (1387d6b195bc): Unable to enable DNAT rule:  (iptables failed: iptables --wait -t nat -A DOCKER -p tcp -d 0/0 --dport 8181 -j DNAT --to-destination 172.17.0.3:80 ! -i docker0: iptables: No chain/target/match by that name.\n (exit status 1))',
  },
  'a network, after somebody flushed the packet filter': {
    'docker-20.10.24':
      '(HTTP code 500) server error - Failed to Setup IP tables: Unable to enable SKIP DNAT rule:  (iptables failed: iptables --wait -t nat -I DOCKER -i br-7ffbbe3c1335 -j RETURN: iptables: No chain/target/match by that name.\n (exit status 1))',
    'docker-26.1.5':
      '(HTTP code 500) server error - Failed to Setup IP tables: Unable to enable SKIP DNAT rule:  (iptables failed: iptables --wait -t nat -I DOCKER -i br-859608d44698 -j RETURN: iptables: No chain/target/match by that name.\n (exit status 1))',
    'docker-28.5.2':
      '(HTTP code 500) server error - Failed to Setup IP tables: Unable to enable SKIP DNAT rule:  (iptables failed: iptables --wait -t nat -I DOCKER -i br-5507e8a1e8c1 -j RETURN: iptables: No chain/target/match by that name.\n (exit status 1))',
  },
  'the removal of a network that containers use': {
    'docker-20.10.24': '(HTTP code 403) unexpected - error while removing network: network nn id 28d42d0cd6bb has active endpoints',
    'docker-28.5.2':
      '(HTTP code 403) unexpected - error while removing network: network nn has active endpoints (name:"dd" id:"1b33863e7612")',
    'podman-5.8.6':
      '(HTTP code 500) server error - "nn" has associated containers with it. Use -f to forcibly delete containers and pods: network is being used',
  },
  'a driver that is not there': {
    'docker-20.10.24': '(HTTP code 404) driver not found - plugin "odd" not found',
    'docker-26.1.5': '(HTTP code 404) driver not found - plugin "odd" not found',
    'docker-28.5.2': '(HTTP code 404) driver not found - plugin "odd" not found',
    'podman-4.3.1': '(HTTP code 500) server error - unsupported driver odd: invalid argument',
    'podman-5.8.6': '(HTTP code 500) server error - failed to find driver or plugin "odd"',
  },
};
