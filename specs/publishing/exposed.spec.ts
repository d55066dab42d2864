import { attachedTo, claims, control, eventually, expect, freePorts, host, lab, make, read } from '../../helpers';

const run = { docs: 'docs.docker.com/reference/cli/docker/container/run' };
const portPublishing = { docs: 'docs.docker.com/engine/network/port-publishing' };
const podmanTests = { docs: 'github.com/containers/podman/blob/c6580b4/test/system/500-networking.bats' };

const createContainer = { method: 'POST', path: /^\/containers\/create\b/ } as const;

export default claims([
  // what an image exposes
  {
    id: 'publishing.exposed.the-images-are-published-on-request',
    level: 'must',
    title: 'PublishAllPorts must publish the ports that the image exposes, where the host reaches them',
    sources: [run, { docs: 'github.com/moby/moby/blob/docker-v29.7.2/integration/networking/bridge_linux_test.go' }],
    observedBy: 'NetworkSettings.Ports of a container of an image that was committed with EXPOSE, and what the host fetches there.',
    requires: ['own-lab'],
    faults: [
      {
        id: 'publishing.all-ports-are-not-asked-for',
        title: 'The engine is not asked to publish all ports',
        api: [{ ...createContainer, does: 'asks', at: ['HostConfig', 'PublishAllPorts'], value: false }],
      },
    ],
    check: async () => {
      const own = await lab();
      const box = await own.make.container({ started: false });
      const query = new URLSearchParams({ container: box.id, changes: 'EXPOSE 80/tcp 5353/udp' });
      const { status, body } = await own.ask<{ Id: string }>('POST', `/commit?${query.toString()}`, {});
      await control(() => expect(status).toBe(201));
      const server = await own.make.claimed.server({ Image: body.Id, HostConfig: { PublishAllPorts: true } });
      const ports = (await server.inspect()).NetworkSettings.Ports ?? {};
      for (const port of ['80/tcp', '5353/udp']) expect(Number(ports[port]?.[0]?.HostPort)).toBeGreaterThan(0);
      expect(await own.host.fetches(`http://127.0.0.1:${await server.hostPort(80)}`)).toBeReached({ by: server });
    },
  },
  // UDP at addresses of choice
  {
    id: 'publishing.udp.is-bound-at-the-asked-address-alone',
    level: 'must',
    title: 'A UDP port that is published at 127.0.0.1 or ::1 must be bound there, and at no other address',
    sources: [portPublishing, podmanTests],
    observedBy: 'The UDP sockets that listen on the host at the port, for a container that publishes at both addresses.',
    requires: ['docker-engine', 'userland-proxy', 'host-ipv6'],
    since: { version: '20.10.6', source: 'Bindings to IPv6 addresses of the host are back since, Engine 20.10 release notes' },
    faults: [
      {
        id: 'publishing.udp-addresses-are-not-asked-for',
        title: 'The engine is not told at which address of the host a port is to be published',
        api: [{ ...createContainer, does: 'asks', at: ['HostConfig', 'PortBindings', '53/udp', '*', 'HostIp'], value: '' }],
      },
    ],
    check: async () => {
      const [first, net] = [await freePorts(host, 2), await make.network()];
      const PortBindings = {
        '53/udp': [
          { HostIp: '127.0.0.1', HostPort: `${first}` },
          { HostIp: '::1', HostPort: `${first + 1}` },
        ],
      };
      await make.claimed.container({ ExposedPorts: { '53/udp': {} }, ...attachedTo(net, { PortBindings }) });
      const bound = async () =>
        (await read(host, ['ss', '-lnuH']))
          .split('\n')
          .map((line) => line.trim().split(/\s+/)[3] ?? '')
          .filter((local) => local.endsWith(`:${first}`) || local.endsWith(`:${first + 1}`))
          .sort();
      const seen = await eventually(bound, ({ length }) => length >= 2, { within: 3000 });
      expect(seen).toEqual([`127.0.0.1:${first}`, `[::1]:${first + 1}`]);
    },
  },
]);
