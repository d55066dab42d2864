import { claim, cli, describe, engine, expect } from '../../helpers';

const expected = [
  { Name: 'bridge', Driver: 'bridge', Scope: 'local' },
  { Name: 'host', Driver: 'host', Scope: 'local' },
  { Name: 'none', Driver: 'null', Scope: 'local' },
];

describe('network models', () => {
  claim('models.engine-offers-bridge-host-and-none', async () => {
    expect(await engine.networkDrivers()).toEqual(expect.arrayContaining(['bridge', 'host', 'null']));
  });

  claim('models.engine-offers-further-drivers', async () => {
    expect(await engine.networkDrivers()).toContain('macvlan');
  });
});

describe('docker network ls', () => {
  claim('models.builtin-networks-are-exactly-three', async () => {
    const networks = (await engine.builtinNetworks()).map(({ Name, Driver, Scope }) => ({ Name, Driver, Scope }));
    expect(networks).toEqual(expect.arrayContaining(expected));
    expect(networks).toHaveLength(expected.length);
  });

  claim('models.network-ids-are-64-hex-digits', async () => {
    const networks = await engine.builtinNetworks();
    expect(networks.length).toBeGreaterThan(0);
    for (const { Id } of networks) {
      expect(Id).toBeHexDigits(64);
      expect((await engine.network(Id.slice(0, 12))).Id).toBe(Id);
    }
  });

  claim('models.network-ls-shows-the-default-networks', async () => {
    const [heading, ...rows] = (await cli.docker('network', 'ls'))
      .trimEnd()
      .split('\n')
      .map((line) => line.trim().split(/\s{2,}/));
    expect(heading).toEqual(['NETWORK ID', 'NAME', 'DRIVER', 'SCOPE']);
    const known = (await engine.builtinNetworks()).map(({ Id, Name, Driver, Scope }) => [/^.{12}/.exec(Id)?.[0], Name, Driver, Scope]);
    expect(rows).toEqual(expect.arrayContaining(known));
    for (const { Name, Driver, Scope } of expected) expect(known.map((row) => row.slice(1))).toContainEqual([Name, Driver, Scope]);
  });
});
