import { createNetwork } from '../../fixtures/faults/trials/user-bridge';
import { claims, control, engine, expect, lab, make, read } from '../../helpers';

const networkCreate = { docs: 'docs.docker.com/reference/cli/docker/network/create' };
const createApi = { docs: 'docs.docker.com/reference/api/engine/version/v1.51/#tag/Network/operation/NetworkCreate' };

export default claims([
  // what a bridge network can be asked for
  {
    id: 'bridge.user.is-the-default-driver',
    level: 'must',
    title: 'A network created without settings must be a local bridge, not internal, attachable or for ingress',
    sources: [networkCreate, createApi],
    observedBy: 'The network object.',
    faults: [
      {
        id: 'user-bridge.networks-are-internal',
        title: 'The engine is asked for internal networks',
        mayKill: ['bridge.user.members-reach-the-host'],
        api: [{ ...createNetwork, does: 'asks', at: ['Internal'], value: true }],
      },
    ],
    check: async () => {
      const net = await make.network();
      expect(await net.inspect()).toMatchObject({
        Driver: 'bridge',
        Scope: 'local',
        Internal: false,
        Attachable: false,
        Ingress: false,
      });
    },
  },
  {
    id: 'bridge.user.one-ipv4-subnet',
    level: 'must',
    title: 'A bridge network with a second IPv4 subnet must be refused',
    sources: [networkCreate, { docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_linux.go' }],
    observedBy: 'POST /networks/create with two subnets is an error, and with the first of them alone it creates a network.',
    faults: ['user-bridge.other-subnet'],
    check: async () => {
      const [first, second] = [make.subnet(), make.subnet()].map(({ subnet }) => ({ Subnet: subnet }));
      expect((await make.tryNetwork({ IPAM: { Config: [first, second] } })).status).toBeGreaterThanOrEqual(400);
      await control(async () => expect(await make.tryNetwork({ IPAM: { Config: [first] } })).toMatchObject({ status: 201 }));
    },
  },
  {
    id: 'bridge.user.options-are-checked',
    level: 'observed',
    title: 'A bridge network whose driver options have values of the wrong type must be refused',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_linux.go' }],
    observedBy:
      'POST /networks/create with an ICC that is neither true nor false, and with a host address that is none: each is an error, and no network of that name is there.',
    faults: ['user-bridge.options-are-lost'],
    check: async () => {
      const wrong = [
        ['com.docker.network.bridge.enable_icc', 'maybe'],
        ['com.docker.network.bridge.host_binding_ipv4', 'everywhere'],
      ] as const;
      for (const [option, value] of wrong) {
        const Name = make.name();
        const { status } = await make.tryNetwork({ Name, Options: { [option]: value } });
        expect({ option, value, refused: status >= 400 }).toEqual({ option, value, refused: true });
        expect(await engine.networkIfAny(Name)).toBeUndefined();
      }
      const right = { 'com.docker.network.bridge.enable_icc': 'false', 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' };
      await control(async () => expect(await make.tryNetwork({ Options: right })).toMatchObject({ status: 201 }));
    },
  },
  {
    id: 'bridge.user.unknown-options-are-kept',
    level: 'observed',
    title: 'A bridge network must accept and report driver options that do not exist, misspelt ones included',
    sources: [{ docs: 'github.com/moby/moby/blob/v28.5.2/libnetwork/drivers/bridge/bridge_linux.go' }],
    observedBy: 'Options of the network object: a misspelt enable_icc, and one of no driver.',
    requires: ['docker-engine'],
    faults: ['user-bridge.options-are-lost'],
    check: async () => {
      const Options = { 'com.docker.network.bridge.enable_ic': 'false', 'example.nobody.knows': 'this' };
      const net = await make.claimed.network({ Options });
      expect((await net.inspect()).Options).toEqual(make.allOptions(Options));
    },
  },
  {
    id: 'bridge.user.default-options-are-for-new-networks',
    level: 'must',
    title: '--default-network-opt must hold for new networks that do not choose, and not the default bridge',
    sources: [{ docs: 'docs.docker.com/reference/cli/dockerd' }, { docs: 'docs.docker.com/engine/release-notes/24.0' }],
    observedBy:
      'In a lab of its own, the MTU of containers on the default bridge, on a network without options, and on one with its own MTU.',
    requires: ['docker-engine', 'own-lab'],
    since: { version: '24.0.0', source: '--default-network-opt exists since, Engine 24.0 release notes' },
    faults: ['default-bridge.arguments-are-lost', 'user-bridge.options-are-lost'],
    check: async () => {
      const mtu = 'com.docker.network.driver.mtu';
      const own = await lab([`--default-network-opt=bridge=${mtu}=1380`]);
      const [plain, choosing] = await Promise.all([own.make.network(), own.make.claimed.network({ Options: { [mtu]: '1420' } })]);
      const mtuOn = async (NetworkMode: string) =>
        (await read(await own.make.container({ HostConfig: { NetworkMode } }), ['cat', '/sys/class/net/eth0/mtu'])).trim();
      expect(await Promise.all(['bridge', plain.name, choosing.name].map(mtuOn))).toEqual(['1500', '1380', '1420']);
    },
  },
]);
