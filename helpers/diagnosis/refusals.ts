/** A refusal of the engine that names its own cause, in the words that one or more versions use. */
export interface Refusal {
  says: RegExp;
  code: string;
  summary: string;
  remedy: string;
}

/** Refusals of starting a container, and of making or removing a network; the first that matches counts. */
export const refusals: readonly Refusal[] = [
  {
    says: /Container \S+ is paused/,
    code: 'source.paused',
    summary: 'a container from which the claim asks is paused: nothing runs in it',
    remedy: 'Let it go on: docker unpause CONTAINER; docker ps --filter status=paused shows which it is.',
  },
  {
    says: /port is already allocated/,
    code: 'port.allocated-to-a-container',
    summary: 'another container of this engine publishes the port already',
    remedy: 'docker ps --filter publish=PORT  # who has it',
  },
  {
    says: /cannot assign requested address/i,
    code: 'port.address-not-on-the-host',
    summary: 'the engine is to publish the port at an address that its host does not have',
    remedy: 'ip address  # then another address for --publish, or for --ip of the daemon',
  },
  {
    says: /address already in use|failed to bind host port|ports are not available/i,
    code: 'port.taken',
    summary: "somebody on the engine's host listens on the port already",
    remedy: "ss -ltnp 'sport = :PORT'  # who has it",
  },
  {
    says: /could not find an available, non-overlapping|all predefined address pools have been fully subnetted|could not find free subnet|no more subnets/i,
    code: 'engine.address-pools-exhausted',
    summary: 'the engine has no address range left for one more network, or routes of the host cover what is left',
    remedy: 'docker network ls  # which of them hold ranges; or more of default-address-pools in daemon.json',
  },
  {
    says: /Pool overlaps with other one|already used on the host|subnet .* is already used/i,
    code: 'network.subnet-overlaps',
    summary: 'the subnet overlaps that of another network',
    remedy: 'docker network inspect $(docker network ls -q) | grep Subnet',
  },
  {
    says: /no available (IPv4 )?addresses|failed to find free IP in range/i,
    code: 'network.addresses-exhausted',
    summary: 'the network has no free address left',
    remedy: 'docker network inspect NETWORK  # a larger subnet',
  },
  {
    says: /has active endpoints|network is being used/i,
    code: 'network.has-endpoints',
    summary: 'containers are connected to the network, or an end of the engine has left their endpoints behind',
    remedy: 'docker network inspect NETWORK  # who; then docker network disconnect --force NETWORK CONTAINER',
  },
  {
    says: /No chain\/target\/match by that name|chain '?[\w-]+'? does not exist/i,
    code: 'host.chains-missing',
    summary: "chains that the engine made in the host's packet filter are gone: somebody flushed it",
    remedy: 'systemctl restart docker',
  },
  {
    says: /iptables(-nft|-legacy)?:? .*(not found|failed)|failed to (register|set up|program).*iptables|unable to .*iptables|netavark.*(iptables|nftables)/i,
    code: 'host.packet-filter-unusable',
    summary: "the engine cannot change the host's packet filter",
    remedy: 'iptables -t nat -L  # what keeps it from working',
  },
  {
    says: /network bridge not found/i,
    code: 'engine.no-default-bridge',
    summary: 'the engine was started without a default bridge',
    remedy: "remove --bridge=none from the daemon's options, or docker network create NAME",
  },
  {
    says: /network (\S+ )?not found|could not find network|unable to find network/i,
    code: 'engine.network-not-found',
    summary: 'the network that the container names does not exist',
    remedy: 'docker network ls',
  },
  {
    says: /operation not supported|unknown device type|not supported by .*kernel/i,
    code: 'host.kernel-lacks-it',
    summary: "the host's kernel has no such link",
    remedy: 'modprobe the driver that the message names, or another kernel',
  },
];
