import { containerCreate, networkCreate as networkCreateFault, rewritten } from '../../fixtures/faults/trials/errors';
import { ask, attachedTo, claims, control, eventually, expect, make } from '../../helpers';

const networkCreate = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkCreate' };
const networkInspect = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkInspect' };
const networkConnect = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkConnect' };
const networkDelete = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkDelete' };
const networkDisconnect = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkDisconnect' };
const networkList = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkList' };
const oldNetworkCreate = { docs: 'github.com/moby/moby/blob/v20.10.24/docs/api/v1.41.yaml' };
const oldNetworks = { docs: 'github.com/moby/moby/blob/v20.10.24/daemon/network.go' };
const apiHistory = (version: string) => ({ docs: `docs.docker.com/reference/api/engine/version-history/#${version}-api-changes` });
const engineSource = (file: string) => ({ docs: `github.com/moby/moby/blob/v28.5.2/${file}` });

const filters = (value: Record<string, string[]>) => `filters=${encodeURIComponent(JSON.stringify(value))}`;

/** What an engine says to a prune; while it does another one, it says nothing else to any (409). */
const pruneOf = (value: Record<string, string[]>) =>
  eventually(
    () => ask('POST', `/networks/prune?${filters(value)}`),
    ({ status }) => status !== 409,
    { within: 5000 },
  );

const containing = (text: string): unknown => expect.stringContaining(text);

/** A container on a network that is not there, and what its start was answered. */
async function strandedContainer() {
  const missing = make.name('missing');
  const box = await make.claimed.container({ HostConfig: { NetworkMode: missing }, started: false });
  return { missing, box, start: await ask('POST', `/containers/${box.id}/start`) };
}

const overlay = async () => {
  await control(async () => expect(await ask('GET', '/info')).toMatchObject({ body: { Swarm: { LocalNodeState: 'inactive' } } }));
  return make.tryNetwork({ Driver: 'overlay' });
};

/** Tries to create a network that carries no labels, as they are a configuration, too; it does not stay. */
const tried = async (body: object) => {
  const Name = make.name('net');
  const answer = await ask('POST', '/networks/create', { Name, ...body });
  if (answer.status === 201) await ask('DELETE', `/networks/${Name}`);
  return answer;
};

export default claims([
  // names
  {
    id: 'error.network-name.taken-is-refused',
    level: 'must',
    title: 'A network with the name of an existing one must be refused with a message with that name',
    sources: [apiHistory('v144'), engineSource('integration/network/network_linux_test.go')],
    observedBy: 'A second create with the name of a network that is there.',
    since: { version: '25.0.0', source: 'network names are unique since, Engine 25.0 release notes' },
    faults: ['errors.networks-have-one-name'],
    check: async () => {
      const { name } = await make.network();
      const { status, message } = await make.tryNetwork({ Name: name });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(message).toContain(name);
    },
  },
  {
    id: 'error.network-name.taken-is-warned-of',
    level: 'observed',
    title: "Without CheckDuplicate, a second network of a name must be made, with a warning of the first's id",
    sources: [oldNetworkCreate, { docs: 'github.com/moby/moby/blob/v20.10.24/integration-cli/docker_api_network_test.go' }, oldNetworks],
    observedBy: 'A second create with the name of a network that is there.',
    requires: ['docker-engine'],
    until: {
      version: '25.0.0',
      source: 'network names are unique since, Engine 25.0 release notes',
      replacedBy: 'error.network-name.taken-is-refused',
    },
    faults: ['errors.second-name-is-warned-of'],
    check: async () => {
      const { id, name } = await make.network();
      const second = await make.tryNetwork({ Name: name });
      expect(second.status).toBe(201);
      expect(second.body.Warning).toContain(id);
    },
  },
  {
    id: 'error.network-name.ambiguous-is-refused',
    level: 'observed',
    title: 'A name that two networks have must be refused with 400 as ambiguous, while their ids still work',
    sources: [oldNetworks],
    observedBy: 'Two networks of one name, asked for by name and by id.',
    requires: ['docker-engine'],
    until: {
      version: '25.0.0',
      source: 'network names are unique since, Engine 25.0 release notes',
      replacedBy: 'error.network-name.taken-is-refused',
    },
    faults: ['errors.second-name-is-warned-of'],
    check: async () => {
      const { id, name } = await make.network();
      const second = await make.tryNetwork({ Name: name });
      expect(second.status).toBe(201);
      for (const method of ['GET', 'DELETE'] as const)
        expect(await ask(method, `/networks/${name}`)).toMatchObject({ status: 400, message: containing('ambiguous') });
      for (const one of [id, second.body.Id])
        expect(await ask('GET', `/networks/${one}`)).toMatchObject({ status: 200, body: { Id: one, Name: name } });
    },
  },
  {
    id: 'error.network-name.empty-is-refused',
    level: 'must',
    title: 'A network whose name is empty or blank must be refused with 400',
    sources: [networkCreate, engineSource('libnetwork/libnetwork_linux_test.go'), engineSource('libnetwork/controller.go')],
    observedBy: 'A create with each such name; one with another name is granted.',
    since: { version: '25.0.0', source: 'the engine answered 500 before, moby v25.0.0 libnetwork/error.go' },
    faults: [
      {
        id: 'errors.networks-without-name-get-one',
        title: 'A network without a name gets one',
        api: [{ ...networkCreateFault, does: 'asks', at: ['Name'], value: 'trial', where: { at: ['Name'], is: '' } }],
      },
    ],
    check: async () => {
      await control(() => make.network());
      for (const Name of ['', ' ']) expect((await make.tryNetwork({ Name })).status).toBe(400);
    },
  },
  {
    id: 'error.network-name.may-have-blanks',
    level: 'observed',
    title: 'A network name with blanks and slashes in it must be accepted',
    sources: [engineSource('libnetwork/controller.go')],
    observedBy: 'Networks of such names, asked for by them.',
    faults: ['errors.networks-have-one-name'],
    check: async () => {
      // a network of any name
      await make.network();
      for (const Name of [make.name('with blank'), make.name('with/slash')]) {
        const { status, body } = await make.tryNetwork({ Name });
        expect(status).toBe(201);
        expect(await ask('GET', `/networks/${encodeURIComponent(Name)}`)).toMatchObject({ status: 200, body: { Id: body.Id } });
      }
    },
  },
  {
    id: 'error.container-name.with-blank-is-refused',
    level: 'must',
    title: 'A container name with a blank or slash must be refused with 400',
    sources: [{ docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerCreate' }],
    observedBy: 'A create with each such name.',
    faults: [
      {
        id: 'errors.container-names-are-corrected',
        title: 'A container with a name that it cannot have gets another one',
        api: [rewritten('POST', /^\/containers\/create\?name=.*[ /]/, /name=.*$/, 'name=trial')],
      },
    ],
    check: async () => {
      for (const name of [make.name('with blank'), make.name('with/slash')]) {
        expect(await make.tryContainer({ name })).toMatchObject({ status: 400 });
      }
    },
  },
  // an overlay network outside of a swarm
  {
    id: 'error.overlay.needs-swarm',
    level: 'observed',
    title: 'Outside a swarm, an overlay network must be refused with a message that says how to start one',
    sources: [{ docs: 'docs.docker.com/engine/network/drivers/overlay/#requirements' }, engineSource('daemon/network.go')],
    observedBy: 'A create of an overlay network.',
    requires: ['docker-engine', 'outside-swarm'],
    faults: ['errors.overlays-become-bridges', 'errors.overlays-fail'],
    check: async () => {
      const { status, message } = await overlay();
      expect(status).toBeGreaterThanOrEqual(400);
      for (const hint of ['docker swarm init', 'docker swarm join']) expect(message).toContain(hint);
    },
  },
  {
    id: 'error.overlay.needs-swarm-is-403',
    level: 'must',
    title: 'Outside a swarm, an overlay network must be refused with 403 and not with a server error',
    sources: [networkCreate, { docs: 'docs.docker.com/engine/release-notes/24.0/#2405' }],
    observedBy: 'The status of a create of an overlay network.',
    requires: ['docker-engine', 'outside-swarm'],
    since: { version: '24.0.5', source: 'the engine answered 500 before, moby pull request 45974, moby v24.0.4 daemon/network.go' },
    faults: ['errors.overlays-become-bridges', 'errors.overlays-fail'],
    check: async () => {
      expect((await overlay()).status).toBe(403);
    },
  },
  // networks that only hold a configuration
  {
    id: 'error.config-network.takes-no-options-beside',
    level: 'must',
    title: 'A network with ConfigFrom and driver options or subnets of its own must be refused with 403',
    sources: [engineSource('libnetwork/network.go'), { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/libnetwork_linux_test.go' }],
    observedBy: 'Two creates with ConfigFrom, one with options and one with a subnet.',
    faults: ['errors.configurations-are-not-taken-over'],
    check: async () => {
      const held = await make.claimed.network({ ConfigOnly: true, IPAM: { Config: [{ Subnet: make.subnet().subnet }] } });
      const ConfigFrom = { Network: held.name };
      await control(async () => expect((await tried({ ConfigFrom })).status).toBe(201));
      expect((await tried({ ConfigFrom, Options: { 'com.docker.network.driver.mtu': '1400' } })).status).toBe(403);
      expect((await tried({ ConfigFrom, IPAM: { Config: [{ Subnet: make.subnet().subnet }] } })).status).toBe(403);
    },
  },
  {
    id: 'error.config-network.must-be-there',
    level: 'observed',
    title: 'A network whose ConfigFrom names no network must be refused with 404 and that name',
    sources: [engineSource('libnetwork/controller.go')],
    observedBy: 'A create with ConfigFrom and a random name.',
    faults: ['errors.configurations-are-not-taken-over'],
    check: async () => {
      const Network = make.name('config');
      expect(await tried({ ConfigFrom: { Network } })).toMatchObject({ status: 404, message: containing(Network) });
    },
  },
  {
    id: 'error.config-network.has-no-containers',
    level: 'observed',
    title: 'The start of a container on a config-only network must be refused with 403',
    sources: [engineSource('libnetwork/network.go')],
    observedBy: 'The start of a container there, which does not run; one like it starts on another network.',
    faults: [
      'errors.missing-networks-are-the-default',
      {
        id: 'errors.configurations-are-networks',
        title: 'A network that only holds a configuration is made as an ordinary one',
        api: [{ ...networkCreateFault, does: 'asks', at: ['ConfigOnly'], value: false }],
      },
    ],
    check: async () => {
      const [held, net] = await Promise.all([make.claimed.network({ ConfigOnly: true }), make.network()]);
      const attempt = async ({ name }: { name: string }) => {
        const box = await make.claimed.container({ HostConfig: { NetworkMode: name }, started: false });
        const { status } = await ask('POST', `/containers/${box.id}/start`);
        return { status, runs: (await box.inspect()).State.Running };
      };
      await control(async () => expect(await attempt(net)).toEqual({ status: 204, runs: true }));
      expect(await attempt(held)).toEqual({ status: 403, runs: false });
    },
  },
  // what is not there
  {
    id: 'error.refused-network.leaves-nothing',
    level: 'observed',
    title: 'A network that could not be created must leave neither its name nor its subnet taken',
    sources: [engineSource('libnetwork/controller.go')],
    observedBy: 'A create whose bridge has a longer name than a link can have, and then one that has the same name and subnet.',
    faults: [
      'errors.refused-networks-stay',
      {
        id: 'errors.network-names-are-lost',
        title: 'The engine is not told the names of networks',
        blocks: [
          'error.network-name.taken-is-refused',
          'error.network-name.may-have-blanks',
          'error.missing-network.start-can-be-repeated',
        ],
        api: [{ ...networkCreateFault, does: 'asks', at: ['Name'], value: '' }],
      },
    ],
    check: async () => {
      const body = { Name: make.name('net'), IPAM: { Config: [{ Subnet: make.subnet().subnet }] } };
      const { status } = await make.tryNetwork({ ...body, Options: { 'com.docker.network.bridge.name': 'longer-than-a-link-can-be' } });
      expect(status).toBeGreaterThanOrEqual(400);
      expect((await ask('GET', `/networks/${body.Name}`)).status).toBe(404);
      expect((await make.tryNetwork(body)).status).toBe(201);
    },
  },
  {
    id: 'error.unknown-network.is-404',
    level: 'must',
    title: 'Inspecting, removing, connecting to and disconnecting from an unknown network must answer 404',
    sources: [networkInspect, networkDelete, networkConnect, networkDisconnect],
    observedBy: 'The four calls with a random name, the last two for a running container.',
    requires: ['outside-swarm'],
    faults: ['errors.refused-networks-stay', 'errors.unknown-is-a-failure'],
    check: async () => {
      const box = await make.container();
      const path = `/networks/${make.name('missing')}`;
      const calls = [
        ask('GET', path),
        ask('DELETE', path),
        ask('POST', `${path}/connect`, { Container: box.id }),
        ask('POST', `${path}/disconnect`, { Container: box.id }),
      ];
      for (const { status } of await Promise.all(calls)) expect(status).toBe(404);
    },
  },
  {
    id: 'error.unknown-container.is-404',
    level: 'must',
    title: 'Connecting and disconnecting an unknown container must answer 404',
    sources: [networkConnect, networkDisconnect],
    observedBy: 'Both calls with a random name.',
    faults: ['errors.unknown-is-a-failure'],
    check: async () => {
      const net = await make.network();
      const missing = make.name('missing');
      for (const call of ['connect', 'disconnect']) {
        expect(await ask('POST', `/networks/${net.id}/${call}`, { Container: missing })).toMatchObject({ status: 404 });
      }
    },
  },
  {
    id: 'error.missing-network.fails-at-start',
    level: 'observed',
    title: 'A container on an unknown network must be created, and its start refused with 404 and the name',
    sources: [engineSource('daemon/container_operations.go'), engineSource('daemon/network.go')],
    observedBy: 'Create and start of a container on a network of a random name.',
    requires: ['outside-swarm'],
    faults: ['errors.missing-networks-are-the-default', 'errors.start-says-nothing'],
    check: async () => {
      const { missing, start } = await strandedContainer();
      expect(start).toMatchObject({ status: 404, message: containing(missing) });
    },
  },
  {
    id: 'error.missing-network.is-told-by-the-container',
    level: 'observed',
    title: 'State.Error must tell that a start failed for want of the network, with an exit code other than 0',
    sources: [engineSource('daemon/start.go')],
    observedBy: 'The container object after its start failed.',
    faults: [
      'errors.missing-networks-are-the-default',
      {
        id: 'errors.state-says-nothing',
        title: 'A container that could not be started does not say so',
        api: [{ method: 'GET', path: /^\/containers\/\w+\/json$/, does: 'answers', at: ['State', 'Error'], value: '' }],
      },
    ],
    check: async () => {
      const { missing, box } = await strandedContainer();
      const { body } = await ask<{ State: { Running: boolean; Error: string; ExitCode: number } }>('GET', `/containers/${box.id}/json`);
      expect(body.State).toMatchObject({ Running: false, Error: containing(missing) });
      expect(body.State.ExitCode).toBeGreaterThan(0);
    },
  },
  {
    id: 'error.missing-network.start-can-be-repeated',
    level: 'observed',
    title: 'A container that failed to start for want of its network must start once it exists',
    sources: [engineSource('daemon/container_operations.go')],
    observedBy: 'A start that fails, the network, and a start that does not.',
    faults: ['errors.networks-have-one-name', 'errors.missing-networks-are-the-default'],
    check: async () => {
      const { missing, box, start } = await strandedContainer();
      await control(() => expect(start.status).toBeGreaterThanOrEqual(400));
      await make.network({ Name: missing });
      expect((await ask('POST', `/containers/${box.id}/start`)).status).toBe(204);
      expect((await box.endpoint(missing)).IPAddress).toMatch(/\d/);
    },
  },
  {
    id: 'error.start.names-its-step',
    level: 'observed',
    title: 'A start on a network that is not there must say that it failed to set up container networking',
    sources: [engineSource('daemon/container_operations.go')],
    observedBy: 'The message of a start on a network that is not there.',
    requires: ['docker-engine'],
    since: { version: '28.0.1', source: 'without these words before, moby v28.0.1 daemon/container_operations.go' },
    faults: ['errors.missing-networks-are-the-default', 'errors.start-says-nothing'],
    check: async () => {
      const { start } = await strandedContainer();
      expect(start.message).toMatch(/^failed to set up container networking: /);
    },
  },
  // what cannot be meant
  {
    id: 'error.mac-address.malformed-is-refused',
    level: 'must',
    title: 'Creating a container with a malformed MAC address for its endpoint must be refused with 400',
    sources: [
      apiHistory('v144'),
      { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerCreate' },
      { docs: 'github.com/moby/moby/blob/v28.5.2/daemon/container_operations.go' },
    ],
    observedBy: 'A create with the address zz:zz for its endpoint, and one with a well-formed address.',
    since: { version: '25.0.0', source: 'endpoints are validated when a container is created since, API version history v1.44' },
    faults: [
      {
        id: 'errors.endpoints-are-lost',
        title: 'The engine is not told the endpoints of containers',
        api: [{ ...containerCreate, does: 'asks', at: ['NetworkingConfig'], value: {} }],
      },
    ],
    check: async () => {
      const net = await make.network();
      const withAddress = (MacAddress: string) =>
        make.tryContainer({ ...attachedTo(net), NetworkingConfig: { EndpointsConfig: { [net.name]: { MacAddress } } } });
      await control(async () => expect(await withAddress('02:dc:00:00:00:01')).toMatchObject({ status: 201 }));
      expect(await withAddress('zz:zz')).toMatchObject({ status: 400 });
    },
  },
  {
    id: 'error.json.malformed-is-400',
    level: 'must',
    title: "A network's creation must get 400 if its JSON breaks off or has a number for a name",
    sources: [networkCreate, engineSource('integration/network/network_test.go')],
    observedBy: 'Two such creates; one with a whole body is granted.',
    faults: ['errors.unreadable-is-a-failure'],
    check: async () => {
      for (const body of [`{"Name":"${make.name()}`, '{"Name":5}']) expect((await ask('POST', '/networks/create', body)).status).toBe(400);
      await control(() => make.network());
    },
  },
  {
    id: 'error.json.trailing-content-is-400',
    level: 'must',
    title: "A network's creation must get 400 if its JSON is followed by further content",
    sources: [engineSource('integration/network/network_test.go'), engineSource('api/server/httputils/httputils.go')],
    observedBy: 'A create with a word after the object.',
    since: { version: '23.0.0', source: 'ignored before, moby v23.0.0 api/server/httputils/httputils.go' },
    faults: ['errors.unreadable-is-a-failure'],
    check: async () => {
      // refused all the same, so that no engine makes a network of it
      const body = JSON.stringify({ Name: (await make.network()).name, CheckDuplicate: true });
      await control(async () => expect((await ask('POST', '/networks/create', body)).status).toBe(409));
      expect((await ask('POST', '/networks/create', `${body} further`)).status).toBe(400);
    },
  },
  {
    id: 'error.filter.unknown-is-refused',
    level: 'observed',
    title: 'The list and the prune of networks must refuse an unknown filter with 400 and its name',
    sources: [engineSource('api/types/network/network.go'), engineSource('daemon/prune.go')],
    observedBy: 'Both calls with a filter of a random name.',
    faults: ['errors.filters-are-ignored'],
    check: async () => {
      const key = make.name('filter');
      const label = [make.name('label')];
      for (const answer of [await ask('GET', `/networks?${filters({ [key]: ['1'] })}`), await pruneOf({ [key]: ['1'], label })]) {
        expect(answer).toMatchObject({ status: 400, message: containing(key) });
      }
    },
  },
  {
    id: 'error.filter.prune-takes-no-dangling',
    level: 'observed',
    title: 'Pruning networks must refuse the filter dangling with 400 and its name',
    sources: [
      { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkPrune' },
      engineSource('daemon/prune.go'),
    ],
    observedBy: "A prune with that filter beside one for this claim's own label.",
    faults: [
      {
        id: 'errors.prune-ignores-dangling',
        title: 'The filter dangling of a prune is ignored',
        api: [rewritten('POST', /^\/networks\/prune/, /,"dangling":\["true"\]/, '')],
      },
    ],
    check: async () => {
      const label = [make.name('label')];
      // Podman stumbles over containers that others remove meanwhile
      const pruned = () =>
        eventually(
          () => ask('POST', `/networks/prune?${filters({ label })}`),
          ({ status }) => status === 200,
          { within: 3000 },
        );
      await control(async () => expect((await pruned()).status).toBe(200));
      expect(await pruneOf({ label, dangling: ['true'] })).toMatchObject({ status: 400, message: containing('dangling') });
    },
  },
  {
    id: 'error.filter.bad-value-is-refused',
    level: 'must',
    title: 'An invalid value of the network filters type and dangling must be refused, naming the filter',
    sources: [networkList, engineSource('daemon/network/filter_test.go'), engineSource('api/types/filters/parse_test.go')],
    observedBy: 'Lists with type=bogus and dangling=maybe.',
    faults: ['errors.filters-are-ignored'],
    check: async () => {
      const cases = [
        ['type', 'bogus'],
        ['dangling', 'maybe'],
      ] as const;
      for (const [key, value] of cases) {
        const { status, message } = await ask('GET', `/networks?${filters({ [key]: [value] })}`);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(message).toContain(key);
      }
    },
  },
  {
    id: 'error.query.bad-boolean-is-400',
    level: 'observed',
    title: 'A network inspection with verbose=banana must be refused with 400 and a message that quotes it',
    sources: [engineSource('api/server/router/network/network_routes.go')],
    observedBy: "An inspection of this claim's own network, which succeeds with verbose=true.",
    faults: [
      {
        id: 'errors.bananas-are-true',
        title: 'What is no boolean counts as true',
        api: [rewritten('GET', /verbose=banana/, /banana/, 'true')],
      },
    ],
    check: async () => {
      const net = await make.network();
      await control(async () => expect((await ask('GET', `/networks/${net.id}?verbose=true`)).status).toBe(200));
      expect(await ask('GET', `/networks/${net.id}?verbose=banana`)).toMatchObject({ status: 400, message: containing('banana') });
    },
  },
  {
    id: 'error.query.events-end-before-they-begin-is-400',
    level: 'must',
    title: 'A request for events whose until lies before its since must be refused with 400',
    sources: [
      { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/System/operation/SystemEvents' },
      engineSource('integration-cli/docker_cli_events_test.go'),
    ],
    observedBy: 'A request for the events from second 5 until second 1.',
    faults: [
      {
        id: 'errors.windows-are-turned-round',
        title: 'A window of events that ends before it begins is turned round',
        api: [rewritten('GET', /^\/events/, /since=5&until=1/, 'since=1&until=5')],
      },
    ],
    check: async () => {
      await control(async () => expect((await ask('GET', '/events?since=1&until=5')).status).toBe(200));
      expect((await ask('GET', '/events?since=5&until=1')).status).toBe(400);
    },
  },
  {
    id: 'error.answer.is-json-with-a-message',
    level: 'must',
    title: 'Refusals must be answered as application/json, an object with a message that is not empty',
    sources: [{ docs: 'docs.docker.com/reference/api/engine/version/v1.51/#section/Errors' }],
    observedBy: 'Refusals of four kinds: unknown network, unknown container, malformed JSON, unknown filter.',
    faults: [
      {
        id: 'errors.refusals-are-silent',
        title: 'A refusal has an empty message',
        api: [{ method: 'GET', path: /^\/networks\/dnc-/, does: 'pretends', status: 404, message: '' }],
      },
    ],
    check: async () => {
      const missing = make.name('missing');
      const refused = [
        ask('GET', `/networks/${missing}`),
        ask('GET', `/containers/${missing}/json`),
        ask('POST', '/networks/create', '{'),
        ask('GET', `/networks?${filters({ [missing]: ['1'] })}`),
      ];
      for (const { status, headers, body } of await Promise.all(refused)) {
        expect(status).toBeGreaterThanOrEqual(400);
        expect(headers['content-type']).toMatch(/^application\/json/);
        expect(body).toMatchObject({ message: expect.stringMatching(/\S/) as unknown });
      }
    },
  },
  {
    id: 'error.filter.malformed-is-400',
    level: 'must',
    title: 'The list of networks must refuse filters that are no JSON with 400',
    sources: [networkList, { docs: 'github.com/containers/podman/blob/v5.8.2/test/apiv2/35-networks.at' }],
    observedBy: 'A list with filters={"name; with a whole object it is answered.',
    since: { version: '23.0.0', source: 'a failure of the engine before, moby v23.0.0 api/types/filters/parse.go' },
    faults: ['errors.filters-are-ignored'],
    check: async () => {
      await control(async () => expect((await ask('GET', `/networks?${filters({})}`)).status).toBe(200));
      expect((await ask('GET', `/networks?filters=${encodeURIComponent('{"name')}`)).status).toBe(400);
    },
  },
  {
    id: 'error.json.empty-body-is-400',
    level: 'must',
    title: "A network's creation must get 400 if its body is empty",
    sources: [networkCreate, engineSource('integration/network/network_test.go')],
    observedBy: 'A create without a byte in its body.',
    faults: [
      {
        id: 'errors.empty-is-a-failure',
        title: 'An empty body fails as if the engine had',
        api: [{ ...networkCreateFault, does: 'pretends', status: 500, message: 'EOF', asked: /^$/ }],
      },
    ],
    check: async () => {
      expect((await ask('POST', '/networks/create', '')).status).toBe(400);
    },
  },
  {
    id: 'error.container-address.malformed-is-refused',
    level: 'must',
    title: 'A container must not start with an IPv4, IPv6 or link-local address that is none',
    sources: [
      { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerCreate' },
      engineSource('integration-cli/docker_cli_network_unix_test.go'),
    ],
    observedBy: 'The answers to the creation and, if it was created, to the start of three such containers.',
    faults: [
      {
        id: 'errors.addresses-are-not-asked-for',
        title: 'The engine is not told the addresses that containers ask for',
        api: [{ ...containerCreate, does: 'asks', at: ['NetworkingConfig'], value: {} }],
      },
    ],
    check: async () => {
      const { subnet } = make.subnet();
      const net = await make.network({ IPAM: { Config: [{ Subnet: subnet }] } });
      for (const IPAMConfig of [{ IPv4Address: '192.0.2' }, { IPv6Address: '2001:db8' }, { LinkLocalIPs: ['169.254'] }]) {
        const body = { ...attachedTo(net), NetworkingConfig: { EndpointsConfig: { [net.name]: { IPAMConfig } } } };
        expect(await make.tryToRun(body)).toBeRefused();
      }
    },
  },
]);
