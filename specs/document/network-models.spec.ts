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
    const further = (await engine.networkDrivers()).filter((driver) => !['bridge', 'host', 'null'].includes(driver));
    expect(further.length).toBeGreaterThan(0);
  });
});

describe('docker network ls', () => {
  claim('models.builtin-networks-are-exactly-three', async () => {
    const networks = (await engine.builtinNetworks()).map(({ Name, Driver, Scope }) => ({ Name, Driver, Scope }));
    expect(networks.sort((a, b) => a.Name.localeCompare(b.Name))).toEqual(expected);
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
    const [heading, ...rows] = (await cli.docker('network', 'ls')).trimEnd().split('\n').map((line) => line.trim().split(/\s{2,}/));
    expect(heading).toEqual(['NETWORK ID', 'NAME', 'DRIVER', 'SCOPE']);
    for (const { Id, Name, Driver, Scope } of await engine.builtinNetworks()) {
      expect(rows).toContainEqual([Id.slice(0, 12), Name, Driver, Scope]);
    }
    for (const { Name, Driver, Scope } of expected) {
      expect(rows.map((row) => row.slice(1))).toContainEqual([Name, Driver, Scope]);
    }
  });
});
