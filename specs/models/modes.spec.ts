import { ask, claim, describe, engine, expect, make } from '../../helpers';

/** The modes of containers that ask for no network and for the default one, as their objects tell them. */
async function modesOfDefault(): Promise<string[]> {
  const containers = await Promise.all([
    make.container({ started: false }),
    make.claimed.container({ started: false, HostConfig: { NetworkMode: 'default' } }),
  ]);
  return Promise.all(containers.map(async (container) => (await container.inspect()).HostConfig.NetworkMode));
}

describe('network modes', () => {
  claim('models.mode.default-is-the-bridge', async () => {
    const { Id } = await engine.network('bridge');
    const containers = await Promise.all(
      ['default', 'bridge'].map((NetworkMode) => make.claimed.container({ HostConfig: { NetworkMode } })),
    );
    for (const container of containers) {
      const { Networks } = (await container.inspect()).NetworkSettings;
      const attached = await Promise.all(Object.values(Networks ?? {}).map(({ NetworkID }) => engine.network(NetworkID)));
      expect(attached.map((network) => network.Id)).toEqual([Id]);
    }
  });

  claim('models.mode.default-is-kept', async () => {
    expect(await modesOfDefault()).toEqual(['default', 'default']);
  });

  claim('models.mode.default-is-told-as-bridge', async () => {
    expect(await modesOfDefault()).toEqual(['bridge', 'bridge']);
  });

  claim('models.info.names-the-firewall-backend', async () => {
    const { body } = await ask<{ FirewallBackend?: { Driver?: string } }>('GET', '/info');
    expect(body.FirewallBackend?.Driver).toMatch(/^(iptables|nftables)(\+firewalld)?$/);
  });
});
