import { ask, claims, engine, expect, make } from '../../helpers';

const normalising = { docs: 'github.com/moby/moby/pull/47431' };
const normalised = { version: '26.1.0', source: 'the mode is normalised when a container is created since, moby pull request 47431' };

/** The modes of containers that ask for no network and for the default one, as their objects tell them. */
async function modesOfDefault(): Promise<string[]> {
  const containers = await Promise.all([
    make.container({ started: false }),
    make.claimed.container({ started: false, HostConfig: { NetworkMode: 'default' } }),
  ]);
  return Promise.all(containers.map(async (container) => (await container.inspect()).HostConfig.NetworkMode));
}

export default claims([
  // network modes
  {
    id: 'models.mode.default-is-the-bridge',
    level: 'observed',
    title: 'NetworkMode "default" must attach a container to the network bridge, as "bridge" does',
    sources: [{ docs: 'docs.docker.com/engine/network' }, normalising],
    observedBy: 'The network that the only endpoint of each of the two containers belongs to.',
    requires: ['default-bridge'],
    faults: ['models.default-mode-is-none'],
    check: async () => {
      const { Id } = await engine.network('bridge');
      const containers = await Promise.all(
        ['default', 'bridge'].map((NetworkMode) => make.claimed.container({ HostConfig: { NetworkMode } })),
      );
      for (const container of containers) {
        const { Networks } = (await container.inspect()).NetworkSettings;
        const attached = await Promise.all(Object.values(Networks ?? {}).map(({ NetworkID }) => engine.network(NetworkID)));
        expect(attached.map((network) => network.Id)).toEqual([Id]);
      }
    },
  },
  {
    id: 'models.mode.default-is-kept',
    level: 'observed',
    title: 'NetworkMode of a container without a network, or with "default", must be reported as "default"',
    sources: [normalising],
    observedBy: 'HostConfig.NetworkMode of two containers that were created and not started.',
    requires: ['docker-engine'],
    until: { ...normalised, replacedBy: 'models.mode.default-is-told-as-bridge' },
    faults: ['models.default-mode-is-none', 'models.mode-is-told-otherwise'],
    check: async () => {
      expect(await modesOfDefault()).toEqual(['default', 'default']);
    },
  },
  {
    id: 'models.mode.default-is-told-as-bridge',
    level: 'observed',
    title: 'NetworkMode of a container without a network, or with "default", must be reported as "bridge"',
    sources: [normalising],
    observedBy: 'HostConfig.NetworkMode of two containers that were created and not started.',
    since: normalised,
    faults: ['models.default-mode-is-none', 'models.mode-is-told-otherwise'],
    check: async () => {
      expect(await modesOfDefault()).toEqual(['bridge', 'bridge']);
    },
  },
  {
    id: 'models.info.names-the-firewall-backend',
    level: 'must',
    title: 'FirewallBackend of /info must be iptables or nftables, with or without firewalld',
    sources: [
      { docs: 'docs.docker.com/reference/api/engine/version-history/#v149-api-changes' },
      { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/System/operation/SystemInfo' },
    ],
    observedBy: 'FirewallBackend.Driver of GET /info, which may go on with +firewalld.',
    requires: ['docker-engine'],
    since: { version: '28.1.0', source: 'GET /info has FirewallBackend since, API version history of 1.49' },
    faults: [
      {
        id: 'models.firewall-backend-is-unknown',
        title: 'The engine names a firewall backend that there is not',
        api: [{ method: 'GET', path: /^\/info$/, does: 'answers', at: ['FirewallBackend', 'Driver'], value: 'ipchains' }],
      },
    ],
    check: async () => {
      const { body } = await ask<{ FirewallBackend?: { Driver?: string } }>('GET', '/info');
      expect(body.FirewallBackend?.Driver).toMatch(/^(iptables|nftables)(\+firewalld)?$/);
    },
  },
]);
