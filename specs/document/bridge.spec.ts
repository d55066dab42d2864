import { claims, context, control, engine, expect, host, listeningAt, mustStart, networkView, topology } from '../../helpers';

/** Where the default bridge publishes: on all addresses of the host, unless its operator chose one (`ip`). */
const bindingAddress = () => context.engine.defaultBridge?.options['com.docker.network.bridge.host_binding_ipv4'] ?? '0.0.0.0';
const onAllAddresses = () => bindingAddress() === '0.0.0.0';
const localAddress = () => (onAllAddresses() ? '127.0.0.1' : bindingAddress());

const lab = topology('half-published');
const published = () => lab.nginx.hostPort(80, 'tcp', bindingAddress());

export default claims(lab, [
  // a container that publishes one of its two ports
  {
    id: 'bridge.default.is-what-a-container-gets',
    level: 'must',
    title: 'A container that asks for no network must be attached to the default bridge, and to nothing else',
    sources: [{ document: 'line 39' }, { docs: 'docs.docker.com/engine/network' }],
    observedBy: 'The container object lists its networks, and the bridge network lists the container.',
    check: async () => {
      const { Id, NetworkSettings } = await lab.nginx.inspect();
      const bridge = await engine.network('bridge');
      const attached = await Promise.all(Object.values(NetworkSettings.Networks ?? {}).map(({ NetworkID }) => engine.network(NetworkID)));
      expect(attached.map((network) => network.Id)).toEqual([bridge.Id]);
      expect(bridge.Containers?.[Id]).toBeDefined();
    },
  },
  {
    id: 'bridge.default.container-has-its-own-namespace',
    level: 'must',
    title: "A container on the bridge must have a network namespace of its own, apart from the host's",
    sources: [{ document: 'line 45' }, { docs: 'docs.docker.com/engine/network/drivers/bridge' }],
    observedBy: 'The inode of /proc/self/ns/net inside the container and on the host.',
    check: async () => {
      const [inside, outside] = await Promise.all([networkView(lab.nginx), networkView(host)]);
      expect(inside.namespace).toMatch(/^net:\[\d+\]$/);
      expect(outside.namespace).toMatch(/^net:\[\d+\]$/);
      expect(inside.namespace).not.toBe(outside.namespace);
    },
  },
  {
    id: 'bridge.published.host-reaches-the-container',
    level: 'must',
    title: 'A published port must lead from the host to the container that published it',
    sources: [{ document: 'line 39' }, { docs: 'docs.docker.com/engine/network/port-publishing' }],
    observedBy: "curl on the host fetches 127.0.0.1 at the published port; the answer carries the container's own token.",
    requires: ['published-ports'],
    check: async () => {
      await mustStart('half-published');
      expect(await host.fetches(`http://${localAddress()}:${await published()}`)).toBeReached({ by: lab.nginx });
    },
  },
  {
    id: 'bridge.published.docker-proxy-listens',
    level: 'should',
    title: "Each published port must have a docker-proxy that forwards to the container's address and port",
    sources: [{ document: 'line 39' }, { docs: 'docs.docker.com/reference/cli/dockerd' }],
    observedBy: 'The command lines of the docker-proxy processes on the host, and the sockets that listen there.',
    requires: ['userland-proxy'],
    check: async () => {
      await mustStart('half-published');
      const hostPort = await published();
      const address = (await lab.nginx.endpoint('bridge')).IPAddress;
      const proxies = await host.commandLines('docker-proxy');
      expect(proxies.filter((arguments_) => arguments_.includes(`-host-port ${hostPort} `))).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `-proto tcp -host-ip ${bindingAddress().replaceAll('.', '\\.')} -host-port ${hostPort} -container-ip ${address} -container-port 80\\b`,
          ),
        ),
      );
      expect(await listeningAt(host)).toContain(`${bindingAddress()}:${hostPort}`);
    },
  },
  {
    id: 'bridge.unpublished.host-port-refuses',
    level: 'must',
    title: 'A port that is not published must answer nobody on the host',
    sources: [{ document: 'line 39' }, { docs: 'docs.docker.com/engine/network/port-publishing' }],
    observedBy:
      "One container listens on two ports and publishes one. The host's own port of the other number must refuse, on localhost and at the bridge's gateway, while the host reaches that very listener at the container's address, and the published port at 127.0.0.1 and the gateway, before and after.",
    requires: ['published-ports', 'host-bridges', 'unconfigured-default-gateway'],
    check: async () => {
      const [, unpublished] = lab.nginx.ports;
      const { Gateway } = await lab.nginx.endpoint('bridge');
      const allAnswer = async () => {
        const places = [localAddress(), ...(onAllAddresses() ? [Gateway] : [])];
        const port = await published();
        const origins = [await lab.nginx.origin('bridge', unpublished), ...places.map((place) => `http://${place}:${port}`)];
        for (const answer of await Promise.all(origins.map((origin) => host.fetches(origin))))
          expect(answer).toBeReached({ by: lab.nginx });
      };
      await control(allAnswer);
      // engines lead loopback and the host's other addresses to a container in different ways
      for (const place of ['localhost', Gateway]) expect(await host.fetches(`http://${place}:${unpublished}`)).toBeOutcome('refused');
      await control(allAnswer);
    },
  },
]);
