import { ask, claims, control, expect, make } from '../../helpers';

const networkTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };
const create = { method: 'POST', path: /^\/containers\/create\b/ } as const;

export default claims([
  {
    id: 'error.extra-host.malformed-is-refused',
    level: 'must',
    title: 'Creating a container with an extra host that names no address must be refused with 400',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/opts/hosts_test.go' }],
    observedBy: 'The answers to extra hosts without an address, and with one that is none; a whole one is granted.',
    requires: ['docker-engine'],
    faults: [
      {
        id: 'errors.extra-hosts-are-lost',
        title: 'The engine is not told which hosts to add for a container',
        api: [{ ...create, does: 'asks', at: ['HostConfig', 'ExtraHosts'], value: [] }],
      },
    ],
    check: async () => {
      const asked = (line: string) => make.tryContainer({ HostConfig: { ExtraHosts: [line] } });
      await control(async () => expect((await asked('there.example:192.0.2.7')).status).toBe(201));
      for (const line of ['there.example', 'there.example:nowhere']) expect((await asked(line)).status).toBe(400);
    },
  },
  {
    id: 'error.network-name.may-have-signs',
    level: 'must',
    title: 'A network whose name has the signs @, # and $ must be created, found and removed by that name',
    sources: [networkTests],
    observedBy: 'The answers to the three requests.',
    requires: ['docker-engine'],
    faults: [
      {
        id: 'errors.networks-have-plain-names',
        title: 'The engine is asked for networks of another name',
        api: [{ method: 'POST', path: /^\/networks\/create\b/, does: 'asks', at: ['Name'], value: 'dnc-plain' }],
      },
    ],
    check: async () => {
      const Name = `${make.name('net')}@#$`;
      const { status, body } = await make.tryNetwork({ Name });
      expect(status).toBe(201);
      expect(await ask('GET', `/networks/${encodeURIComponent(Name)}`)).toMatchObject({ status: 200, body: { Id: body.Id } });
      expect((await ask('DELETE', `/networks/${encodeURIComponent(Name)}`)).status).toBe(204);
    },
  },
]);
