import { ask, claims, control, expect, host, make, networkView, read } from '../../helpers';

const containerNetworks = { docs: 'docs.docker.com/engine/network/#container-networks' };
const networkTests = { docs: 'github.com/moby/moby/blob/v28.5.2/integration-cli/docker_cli_network_unix_test.go' };
const nerdctlTests = { docs: 'github.com/containerd/nerdctl/blob/8da504083/cmd/nerdctl/container/container_run_network_linux_test.go' };
const podmanTests = { docs: 'github.com/containers/podman/blob/c6580b4/test/system/500-networking.bats' };

const create = { method: 'POST', path: /^\/containers\/create\b/ } as const;
const inNoneMode = { HostConfig: { NetworkMode: 'none' } };

/** What a container in none mode wants of its endpoint there. */
const wishing = (endpoint: object) => ({ ...inNoneMode, NetworkingConfig: { EndpointsConfig: { none: endpoint } } });

/** Whether a container starts that was asked for like this. */
const starts = async (body: Record<string, unknown>) => {
  const { status, body: made } = await make.tryContainer(body);
  return status < 400 && (await ask('POST', `/containers/${made.Id}/start`)).status < 400;
};

export default claims([
  // a container without a network
  {
    id: 'none.has-no-address-of-choice',
    level: 'must',
    title: 'A container in none mode must not start with an IPv4 address or an alias of its choice',
    sources: [networkTests],
    observedBy: 'The answers to creation and start; without either wish they are granted.',
    requires: ['docker-engine'],
    faults: [
      {
        id: 'shared-namespaces.wishes-in-none-mode-are-lost',
        title: 'The engine is not told what a container wants of its endpoints',
        api: [{ ...create, does: 'asks', at: ['NetworkingConfig'], value: {} }],
      },
    ],
    check: async () => {
      await control(async () => expect(await starts(wishing({}))).toBe(true));
      expect(await starts(wishing({ IPAMConfig: { IPv4Address: make.subnet().address(7) } }))).toBe(false);
      expect(await starts(wishing({ Aliases: [make.name('alias')] }))).toBe(false);
    },
  },
  {
    id: 'none.has-the-asked-host-name',
    level: 'must',
    title: 'A container in none mode must have the host name that it asks for, or else its short id',
    sources: [podmanTests, { docs: 'docs.docker.com/engine/network/#ip-address-and-hostname' }],
    observedBy: 'What hostname prints in a container of each kind.',
    requires: ['docker-engine'],
    faults: [
      {
        id: 'shared-namespaces.host-names-are-others',
        title: 'The engine is asked for another host name',
        api: [{ ...create, does: 'asks', at: ['Hostname'], value: 'another' }],
      },
    ],
    check: async () => {
      const Hostname = make.name('host');
      const [chosen, plain] = await Promise.all([make.container({ Hostname, ...inNoneMode }), make.container(inNoneMode)]);
      expect((await read(chosen, ['hostname'])).trim()).toBe(Hostname);
      expect((await read(plain, ['hostname'])).trim()).toBe(plain.id.slice(0, 12));
    },
  },
  {
    id: 'container-mode.shares-one-without-network',
    level: 'must',
    title: 'A container that joins one in none mode must have its loopback, and nothing else',
    sources: [nerdctlTests, containerNetworks],
    observedBy: 'The links inside both, and a server of the one that the other fetches from at its loopback.',
    faults: ['shared-namespaces.nothing-is-shared'],
    check: async () => {
      const owner = await make.server({ member: 'owner', ...inNoneMode });
      const sharer = await make.claimed.container({ member: 'sharer', HostConfig: { NetworkMode: `container:${owner.id}` } });
      expect(Object.keys((await networkView(sharer)).links)).toEqual(['lo']);
      expect(await sharer.fetches('http://127.0.0.1')).toBeReached({ by: owner });
    },
  },
  {
    id: 'host.sharing.host-name-with-uts-host',
    level: 'must',
    title: "A container with the host's UTS namespace must have the host's name, whatever its network",
    sources: [{ docs: 'docs.docker.com/reference/cli/docker/container/run/#uts' }, podmanTests],
    observedBy: 'What hostname prints on the host, and in a container on a bridge with UTSMode host.',
    faults: [
      {
        id: 'shared-namespaces.uts-is-not-asked-for',
        title: 'The engine is not told which UTS namespace a container wants',
        api: [{ ...create, does: 'asks', at: ['HostConfig', 'UTSMode'], value: '' }],
      },
    ],
    check: async () => {
      const box = await make.claimed.container({ HostConfig: { UTSMode: 'host' } });
      expect((await read(box, ['hostname'])).trim()).toBe((await read(host, ['cat', '/proc/sys/kernel/hostname'])).trim());
    },
  },
]);
