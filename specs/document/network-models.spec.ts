import { answers, digits } from '../../fixtures/faults/calls';
import { claims, cli, engine, expect } from '../../helpers';

const expected = [
  { Name: 'bridge', Driver: 'bridge', Scope: 'local' },
  { Name: 'host', Driver: 'host', Scope: 'local' },
  { Name: 'none', Driver: 'null', Scope: 'local' },
];

export default claims([
  // network models
  {
    id: 'models.engine-offers-bridge-host-and-none',
    level: 'must',
    title: 'An engine must offer the three main network models: the drivers bridge, host and null',
    sources: [{ document: 'lines 27, 58-60' }, { docs: 'docs.docker.com/engine/network/drivers' }],
    observedBy: 'GET /info lists the network drivers that the engine has.',
    faults: [
      {
        kind: 'api',
        id: 'api.no-bridge-driver',
        title: 'The engine offers no driver for bridges',
        calls: [{ method: 'GET', path: /^\/info$/, ...answers(['Plugins', 'Network'], ['host', 'null', 'ipvlan', 'macvlan']) }],
      },
    ],
    check: async () => {
      expect(await engine.networkDrivers()).toEqual(expect.arrayContaining(['bridge', 'host', 'null']));
    },
  },
  {
    id: 'models.engine-offers-further-drivers',
    level: 'must',
    title: 'An engine must offer more kinds of networks than the three main ones, macvlan among them',
    sources: [{ document: 'line 27' }, { docs: 'docs.docker.com/engine/network/drivers' }],
    observedBy:
      'GET /info lists the network drivers that the engine has. Of the further ones of Docker, macvlan is the one that Podman always has, too.',
    faults: [
      {
        kind: 'api',
        id: 'api.no-further-drivers',
        title: 'The engine offers the three main drivers and no others',
        calls: [{ method: 'GET', path: /^\/info$/, ...answers(['Plugins', 'Network'], ['bridge', 'host', 'null']) }],
      },
    ],
    check: async () => {
      expect(await engine.networkDrivers()).toContain('macvlan');
    },
  },
  // docker network ls
  {
    id: 'models.builtin-networks-are-exactly-three',
    level: 'must',
    title: 'The built-in networks must be exactly bridge, host and none, with drivers bridge, host and null',
    sources: [{ document: 'lines 58-60' }, { docs: 'docs.docker.com/reference/cli/docker/network/ls' }],
    observedBy: 'GET /networks with the filter type=builtin; networks of users are no part of the claim.',
    requires: ['default-bridge'],
    faults: ['engine.no-default-bridge', 'api.builtin-networks-renamed'],
    check: async () => {
      const networks = (await engine.builtinNetworks()).map(({ Name, Driver, Scope }) => ({ Name, Driver, Scope }));
      expect(networks).toEqual(expect.arrayContaining(expected));
      expect(networks).toHaveLength(expected.length);
    },
  },
  {
    id: 'models.network-ids-are-64-hex-digits',
    level: 'must',
    title: 'The id of a default network must be 64 hexadecimal digits, the first 12 of which select it',
    sources: [
      { document: 'lines 58-60' },
      { docs: 'docs.docker.com/reference/cli/docker/network/ls' },
      { docs: 'docs.docker.com/reference/cli/docker/network/rm' },
    ],
    observedBy: 'GET /networks gives the ids; GET /networks/{first 12 digits} must give the same network back.',
    faults: [
      {
        kind: 'api',
        id: 'api.network-ids-too-short',
        title: 'The ids in lists of networks are one digit short',
        calls: [{ method: 'GET', path: /^\/networks(\?|$)/, ...answers(['*', 'Id'], digits(63)) }],
      },
      {
        kind: 'api',
        id: 'api.short-id-waits',
        title: 'The engine is silent, for longer than a request may take, when it is asked for a network by the start of its id',
        calls: [{ method: 'GET', path: /^\/networks\/[0-9a-f]{12}$/, does: 'keeps-silent' }],
        endsInError: true,
      },
    ],
    check: async () => {
      const networks = await engine.builtinNetworks();
      expect(networks.length).toBeGreaterThan(0);
      for (const { Id } of networks) {
        expect(Id).toBeHexDigits(64);
        expect((await engine.network(Id.slice(0, 12))).Id).toBe(Id);
      }
    },
  },
  {
    id: 'models.network-ls-shows-the-default-networks',
    level: 'must',
    title: 'docker network ls must list the three default networks with 12-digit ids, driver and scope',
    sources: [{ document: 'lines 56-60' }, { docs: 'docs.docker.com/reference/cli/docker/network/ls' }],
    observedBy: 'The table that a docker client prints, held against the ids that the API gives.',
    requires: ['docker-cli', 'default-bridge'],
    faults: [
      'engine.no-default-bridge',
      'api.builtin-networks-renamed',
      {
        kind: 'api',
        id: 'api.network-list-forgets',
        title: 'The list of all networks is empty',
        calls: [{ method: 'GET', path: /^\/networks$/, does: 'forgets', at: [] }],
      },
    ],
    check: async () => {
      const [heading, ...rows] = (await cli.docker('network', 'ls'))
        .trimEnd()
        .split('\n')
        .map((line) => line.trim().split(/\s{2,}/));
      expect(heading).toEqual(['NETWORK ID', 'NAME', 'DRIVER', 'SCOPE']);
      const known = (await engine.builtinNetworks()).map(({ Id, Name, Driver, Scope }) => [/^.{12}/.exec(Id)?.[0], Name, Driver, Scope]);
      expect(rows).toEqual(expect.arrayContaining(known));
      for (const { Name, Driver, Scope } of expected) expect(known.map((row) => row.slice(1))).toContainEqual([Name, Driver, Scope]);
    },
  },
]);
