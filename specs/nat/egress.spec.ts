import {
  attachedTo,
  claims,
  control,
  expect,
  externalHost,
  lab,
  make,
  mustRun,
  type OwnLab,
  read,
  scene,
  serving,
  tellsWhoAsks,
} from '../../helpers';

const bridgeDriver = { docs: 'docs.docker.com/engine/network/drivers/bridge' };
const portPublishing = { docs: 'docs.docker.com/engine/network/port-publishing' };
const newDaemonRules = { docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/bridge/iptablesdoc/generated/new-daemon.md' };

/** A container on a network of its own, and two machines, each beside the host at a link of its own. */
const town = scene(async () => {
  const own = await lab();
  const { subnet, gateway } = own.make.subnet();
  const [net, far, further] = await Promise.all([
    own.make.network({ IPAM: { Config: [{ Subnet: subnet, Gateway: gateway }] } }),
    externalHost(own, { member: 'far', ...serving(tellsWhoAsks) }),
    externalHost(own, { member: 'further', ...serving(tellsWhoAsks) }),
  ]);
  const box = await own.make.container({ member: 'box', ...attachedTo(net, { CapAdd: ['NET_RAW'] }) });
  return { own, net, gateway, far, further, box };
});

/** A container whose network's traffic is not masqueraded, and may be answered from these interfaces of the host. */
async function unmasked({ make: making }: OwnLab, trusted: Record<string, string>) {
  const Options = { 'com.docker.network.bridge.enable_ip_masquerade': 'false', ...trusted };
  const net = await making.claimed.network({ Options });
  return { net, box: await making.container(attachedTo(net)) };
}

const trusting = (link: string) => ({ 'com.docker.network.bridge.trusted_host_interfaces': link });

export default claims([
  // what a container sends
  {
    id: 'nat.egress.neighbours-see-the-host',
    level: 'must',
    title: "By default, a container's IPv4 connections must arrive at other machines with the host's address",
    sources: [portPublishing, bridgeDriver],
    observedBy: 'curl inside the container fetches a server in a namespace beside the host, which answers with the address of its client.',
    requires: ['own-lab'],
    faults: ['nat.masquerade-is-skipped', 'nat.one-address-for-all-links'],
    check: async () => {
      const { far, box } = await town();
      const answer = await box.fetches(`http://${far.address}`);
      expect(answer).toBeReached({ by: far.machine });
      expect(answer).toMatchObject({ body: far.hostAddress });
    },
  },
  {
    id: 'nat.egress.leaves-with-the-address-of-its-link',
    level: 'must',
    title: "By default, a container's IPv4 connections must carry the address of the host interface they use",
    sources: [portPublishing, newDaemonRules],
    observedBy:
      'curl inside the container fetches two servers, each in a namespace at a link of its own; each answers with the address of its client.',
    requires: ['own-lab'],
    faults: ['nat.masquerade-is-skipped', 'nat.one-address-for-all-links'],
    check: async () => {
      const { far, further, box } = await town();
      for (const { address, machine, hostAddress } of [far, further]) {
        const answer = await box.fetches(`http://${address}`);
        expect(answer).toBeReached({ by: machine });
        expect(answer).toMatchObject({ body: hostAddress });
      }
    },
  },
  {
    id: 'nat.egress.needs-no-route-back',
    level: 'must',
    title: 'By default, a container must get IPv4 answers, also to ping, from machines without a route back',
    sources: [portPublishing],
    observedBy: "ping and curl inside the container, to a namespace beside the host that knows its own link's subnet only.",
    requires: ['own-lab'],
    faults: ['nat.masquerade-is-skipped'],
    check: async () => {
      const { own, box } = await town();
      const narrow = await externalHost(own, { member: 'narrow' });
      await mustRun(narrow.machine, ['ip', 'route', 'del', 'default']);
      await control(async () => expect(await own.host.fetches(`http://${narrow.address}`)).toBeReached({ by: narrow.machine }));
      expect(await box.fetches(`http://${narrow.address}`)).toBeReached({ by: narrow.machine });
      // ping ends with 1 where no answer came: what else there is, is no answer of the network
      const pinged = await read(box, ['sh', '-c', 'ping -c 1 -W 2 "$0" || [ $? = 1 ]', narrow.address]);
      expect(pinged).toMatch(/ 1 (packets )?received/);
    },
  },
  {
    id: 'nat.inside.host-sees-the-container',
    level: 'observed',
    title: "A server on the host must see a container's IPv4 connections with the container's own address",
    sources: [newDaemonRules],
    observedBy:
      "curl inside the container fetches the host's address on the container's network, where a server in host mode answers with the address of its client.",
    requires: ['own-lab'],
    faults: [
      {
        id: 'nat.host-sees-another-address',
        title: "What arrives for port 80 of the host itself comes with another client's address",
        inject: 'iptables -t nat -I INPUT -p tcp --dport 80 -j SNAT --to-source 192.0.2.1',
        undo: 'iptables -t nat -D INPUT -p tcp --dport 80 -j SNAT --to-source 192.0.2.1',
      },
    ],
    check: async () => {
      const { own, net, gateway, box } = await town();
      const onHost = await own.make.server({ member: 'on-host', ...serving(tellsWhoAsks), HostConfig: { NetworkMode: 'host' } });
      const answer = await box.fetches(`http://${gateway}`);
      expect(answer).toBeReached({ by: onHost });
      expect(answer).toMatchObject({ body: (await box.endpoint(net.name)).IPAddress });
    },
  },
  {
    id: 'nat.inside.peer-sees-the-container',
    level: 'observed',
    title: "IPv4 connections from a container must arrive at its peers with the container's own address",
    sources: [newDaemonRules],
    observedBy: 'curl inside the container fetches its peer, which answers with the address of its client.',
    faults: ['nat.bridges-pass-nothing-on'],
    check: async () => {
      const net = await make.network();
      const [box, peer] = await Promise.all([
        make.container({ member: 'box', ...attachedTo(net) }),
        make.server({ member: 'peer', ...serving(tellsWhoAsks), ...attachedTo(net) }),
      ]);
      const answer = await box.fetches(await peer.origin(net.name));
      expect(answer).toBeReached({ by: peer });
      expect(answer).toMatchObject({ body: (await box.endpoint(net.name)).IPAddress });
    },
  },
  {
    id: 'nat.egress.option-names-the-address',
    level: 'must',
    title: 'IPv4 connections from a network with host_ipv4 must arrive at other machines with that address',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/integration/network/network_linux_test.go' }],
    observedBy: 'The host has two addresses on one link; a server in a namespace at that link answers with the address of its client.',
    requires: ['docker-engine', 'own-lab'],
    faults: ['nat.network-options-are-lost'],
    check: async () => {
      const { own, far } = await town();
      const second = far.hostAddress.replace(/\d+$/, '99');
      await mustRun(own.host, ['ip', 'address', 'replace', `${second}/24`, 'dev', far.link]);
      const net = await own.make.claimed.network({ Options: { 'com.docker.network.host_ipv4': second } });
      const box = await own.make.container(attachedTo(net));
      const answer = await box.fetches(`http://${far.address}`);
      expect(answer).toBeReached({ by: far.machine });
      expect(answer).toMatchObject({ body: second });
    },
  },
  {
    id: 'nat.egress.option-keeps-the-containers-address',
    level: 'must',
    title: "With enable_ip_masquerade=false, remote machines must see the container's own IPv4 address",
    sources: [bridgeDriver, portPublishing],
    observedBy:
      "A server in a namespace beside the host, with a route to container networks, answers with the address of its client. The network names the veth link in trusted_host_interfaces: without that, Engine 28.2 and later drop what comes to a container's address directly, answers included.",
    requires: ['docker-engine', 'own-lab'],
    faults: ['nat.network-options-are-lost', 'nat.routed-packets-are-translated'],
    check: async () => {
      const { own, far } = await town();
      const { net, box } = await unmasked(own, trusting(far.link));
      const answer = await box.fetches(`http://${far.address}`);
      expect(answer).toBeReached({ by: far.machine });
      expect(answer).toMatchObject({ body: (await box.endpoint(net.name)).IPAddress });
    },
  },
  {
    id: 'nat.egress.untrusted-interface-brings-no-answer',
    level: 'observed',
    title: 'With enable_ip_masquerade=false alone, a container must get no IPv4 answer from remote machines',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/internal/iptabler/endpoint.go' }],
    observedBy:
      "Two containers on two such networks fetch a server in a namespace beside the host that has a route back; the network of one of them trusts the host's interface to it, and that one gets its answer.",
    requires: ['docker-engine', 'own-lab'],
    since: {
      version: '28.2.0',
      source: 'what comes to the address of any container directly is dropped since, moby pull request 49829',
    },
    faults: [
      'nat.containers-have-no-curl',
      {
        id: 'nat.trusted-interfaces-are-forgotten',
        title: 'What comes to the address of a container from outside its bridge is accepted, whatever interface its network trusts',
        inject: 'iptables -t raw -I PREROUTING -j ACCEPT',
        undo: 'iptables -t raw -D PREROUTING -j ACCEPT',
        engines: { kind: 'docker', versions: '>=28.2' },
      },
    ],
    check: async () => {
      const { own, far } = await town();
      const [trusted, alone] = await Promise.all([unmasked(own, trusting(far.link)), unmasked(own, {})]);
      const answersTheOther = async () => expect(await trusted.box.fetches(`http://${far.address}`)).toBeReached({ by: far.machine });
      await control(answersTheOther);
      expect(await alone.box.fetches(`http://${far.address}`)).toBeOutcome('timed-out');
      await control(answersTheOther);
    },
  },
]);
