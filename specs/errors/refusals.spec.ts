import { ask, claim, control, describe, eventually, expect, make } from '../../helpers';

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

describe('names', () => {
  claim('error.network-name.taken-is-refused', async () => {
    const { name } = await make.network();
    expect(await make.tryNetwork({ Name: name })).toMatchObject({ status: 409, message: containing(name) });
  });

  claim('error.network-name.taken-is-warned-of', async () => {
    const { id, name } = await make.network();
    const second = await make.tryNetwork({ Name: name });
    expect(second.status).toBe(201);
    expect(second.body.Warning).toContain(id);
  });

  claim('error.network-name.ambiguous-is-refused', async () => {
    const { id, name } = await make.network();
    const second = await make.tryNetwork({ Name: name });
    expect(second.status).toBe(201);
    for (const method of ['GET', 'DELETE'] as const)
      expect(await ask(method, `/networks/${name}`)).toMatchObject({ status: 400, message: containing('ambiguous') });
    for (const one of [id, second.body.Id])
      expect(await ask('GET', `/networks/${one}`)).toMatchObject({ status: 200, body: { Id: one, Name: name } });
  });

  claim('error.network-name.empty-is-refused', async () => {
    await control(() => make.network());
    for (const Name of ['', ' ']) expect((await make.tryNetwork({ Name })).status).toBe(400);
  });

  claim('error.network-name.may-have-blanks', async () => {
    // a network of any name
    await make.network();
    for (const Name of [make.name('with blank'), make.name('with/slash')]) {
      const { status, body } = await make.tryNetwork({ Name });
      expect(status).toBe(201);
      expect(await ask('GET', `/networks/${encodeURIComponent(Name)}`)).toMatchObject({ status: 200, body: { Id: body.Id } });
    }
  });

  claim('error.container-name.with-blank-is-refused', async () => {
    for (const name of [make.name('with blank'), make.name('with/slash')]) {
      expect(await make.tryContainer({ name })).toMatchObject({ status: 400, message: containing('[a-zA-Z0-9][a-zA-Z0-9_.-]') });
    }
  });
});

describe('an overlay network outside of a swarm', () => {
  const overlay = async () => {
    await control(async () => expect(await ask('GET', '/info')).toMatchObject({ body: { Swarm: { LocalNodeState: 'inactive' } } }));
    return make.tryNetwork({ Driver: 'overlay' });
  };

  claim('error.overlay.needs-swarm', async () => {
    const { status, message } = await overlay();
    expect(status).toBeGreaterThanOrEqual(400);
    for (const hint of ['docker swarm init', 'docker swarm join']) expect(message).toContain(hint);
  });

  claim('error.overlay.needs-swarm-is-403', async () => {
    expect((await overlay()).status).toBe(403);
  });
});

describe('networks that only hold a configuration', () => {
  /** Tries to create a network that carries no labels, as they are a configuration, too; it does not stay. */
  const tried = async (body: object) => {
    const Name = make.name('net');
    const answer = await ask('POST', '/networks/create', { Name, ...body });
    if (answer.status === 201) await ask('DELETE', `/networks/${Name}`);
    return answer;
  };

  claim('error.config-network.takes-no-options-beside', async () => {
    const held = await make.claimed.network({ ConfigOnly: true, IPAM: { Config: [{ Subnet: make.subnet().subnet }] } });
    const ConfigFrom = { Network: held.name };
    await control(async () => expect((await tried({ ConfigFrom })).status).toBe(201));
    expect((await tried({ ConfigFrom, Options: { 'com.docker.network.driver.mtu': '1400' } })).status).toBe(403);
    expect((await tried({ ConfigFrom, IPAM: { Config: [{ Subnet: make.subnet().subnet }] } })).status).toBe(403);
  });

  claim('error.config-network.must-be-there', async () => {
    const Network = make.name('config');
    expect(await tried({ ConfigFrom: { Network } })).toMatchObject({ status: 404, message: containing(Network) });
  });

  claim('error.config-network.has-no-containers', async () => {
    const [held, net] = await Promise.all([make.claimed.network({ ConfigOnly: true }), make.network()]);
    const attempt = async ({ name }: { name: string }) => {
      const box = await make.claimed.container({ HostConfig: { NetworkMode: name }, started: false });
      const { status } = await ask('POST', `/containers/${box.id}/start`);
      return { status, runs: (await box.inspect()).State.Running };
    };
    await control(async () => expect(await attempt(net)).toEqual({ status: 204, runs: true }));
    expect(await attempt(held)).toEqual({ status: 403, runs: false });
  });
});

describe('what is not there', () => {
  claim('error.refused-network.leaves-nothing', async () => {
    const body = { Name: make.name('net'), IPAM: { Config: [{ Subnet: make.subnet().subnet }] } };
    const { status } = await make.tryNetwork({ ...body, Options: { 'com.docker.network.bridge.name': 'longer-than-a-link-can-be' } });
    expect(status).toBeGreaterThanOrEqual(400);
    expect((await ask('GET', `/networks/${body.Name}`)).status).toBe(404);
    expect((await make.tryNetwork(body)).status).toBe(201);
  });

  claim('error.unknown-network.is-404', async () => {
    const box = await make.container();
    const path = `/networks/${make.name('missing')}`;
    const calls = [
      ask('GET', path),
      ask('DELETE', path),
      ask('POST', `${path}/connect`, { Container: box.id }),
      ask('POST', `${path}/disconnect`, { Container: box.id }),
    ];
    for (const { status } of await Promise.all(calls)) expect(status).toBe(404);
  });

  claim('error.unknown-container.is-404', async () => {
    const net = await make.network();
    const missing = make.name('missing');
    for (const call of ['connect', 'disconnect']) {
      expect(await ask('POST', `/networks/${net.id}/${call}`, { Container: missing })).toMatchObject({
        status: 404,
        message: containing(missing),
      });
    }
  });

  claim('error.missing-network.fails-at-start', async () => {
    const { missing, start } = await strandedContainer();
    expect(start).toMatchObject({ status: 404, message: containing(missing) });
  });

  claim('error.missing-network.is-told-by-the-container', async () => {
    const { missing, box } = await strandedContainer();
    const { body } = await ask<{ State: { Running: boolean; Error: string; ExitCode: number } }>('GET', `/containers/${box.id}/json`);
    expect(body.State).toMatchObject({ Running: false, Error: containing(missing) });
    expect(body.State.ExitCode).toBeGreaterThan(0);
  });

  claim('error.missing-network.start-can-be-repeated', async () => {
    const { missing, box, start } = await strandedContainer();
    await control(() => expect(start.status).toBeGreaterThanOrEqual(400));
    await make.network({ Name: missing });
    expect((await ask('POST', `/containers/${box.id}/start`)).status).toBe(204);
    expect((await box.endpoint(missing)).IPAddress).toMatch(/\d/);
  });

  claim('error.start.names-its-step', async () => {
    const { start } = await strandedContainer();
    expect(start.message).toMatch(/^failed to set up container networking: /);
  });
});

describe('what cannot be meant', () => {
  claim('error.mac-address.malformed-is-refused', async () => {
    const net = await make.network();
    const answer = await make.tryContainer({
      HostConfig: { NetworkMode: net.name },
      NetworkingConfig: { EndpointsConfig: { [net.name]: { MacAddress: 'zz:zz' } } },
    });
    expect(answer).toMatchObject({ status: 400, message: containing('zz:zz') });
  });

  claim('error.json.malformed-is-400', async () => {
    for (const body of [`{"Name":"${make.name()}`, '{"Name":5}']) expect((await ask('POST', '/networks/create', body)).status).toBe(400);
    await control(() => make.network());
  });

  claim('error.json.trailing-content-is-400', async () => {
    // refused all the same, so that no engine makes a network of it
    const body = JSON.stringify({ Name: (await make.network()).name, CheckDuplicate: true });
    await control(async () => expect((await ask('POST', '/networks/create', body)).status).toBe(409));
    expect((await ask('POST', '/networks/create', `${body} further`)).status).toBe(400);
  });

  claim('error.filter.unknown-is-refused', async () => {
    const key = make.name('filter');
    const label = [make.name('label')];
    for (const answer of [await ask('GET', `/networks?${filters({ [key]: ['1'] })}`), await pruneOf({ [key]: ['1'], label })]) {
      expect(answer).toMatchObject({ status: 400, message: containing(key) });
    }
  });

  claim('error.filter.prune-takes-no-dangling', async () => {
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
  });

  claim('error.filter.bad-value-is-refused', async () => {
    const cases = [
      ['type', 'bogus'],
      ['dangling', 'maybe'],
    ] as const;
    for (const [key, value] of cases) {
      const { status, message } = await ask('GET', `/networks?${filters({ [key]: [value] })}`);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(message).toContain(key);
    }
  });

  claim('error.query.bad-boolean-is-400', async () => {
    const net = await make.network();
    await control(async () => expect((await ask('GET', `/networks/${net.id}?verbose=true`)).status).toBe(200));
    expect(await ask('GET', `/networks/${net.id}?verbose=banana`)).toMatchObject({ status: 400, message: containing('banana') });
  });

  claim('error.query.events-end-before-they-begin-is-400', async () => {
    await control(async () => expect((await ask('GET', '/events?since=1&until=5')).status).toBe(200));
    expect((await ask('GET', '/events?since=5&until=1')).status).toBe(400);
  });

  claim('error.answer.is-json-with-a-message', async () => {
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
  });
});
