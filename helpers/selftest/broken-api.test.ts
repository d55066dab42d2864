import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ContainerObject, EndpointObject } from '../claim/container';
import type { NetworkObject } from '../engine/client';
import type { Lab } from '../lab';
import { brokenLab, labPatience, runAgainst, runPatience } from './broken-lab';
import { cleanUp } from './fake-engine';
import { lyingEngine, type Lie } from './lying-engine';

let lab: Lab;
beforeAll(async () => {
  lab = await brokenLab();
}, labPatience);
afterAll(async () => {
  cleanUp();
  await lab.stop();
});

/** A lie about the endpoint of every container in host mode. */
function ofHostEndpoint(change: Partial<EndpointObject>): Lie {
  return inContainers(({ NetworkSettings: { Networks } }) => {
    if (Networks?.['host']) Object.assign(Networks['host'], change);
  });
}

function inContainers(tell: (container: ContainerObject) => void): Lie {
  return { path: /^\/containers\/[^/]+\/json$/, tell };
}

/** A lie about what the default bridge lists of every container. */
function ofBridge(tell: (network: NetworkObject) => void): Lie {
  const ifBridge = (network: NetworkObject) => {
    if (network.Name === 'bridge') tell(network);
  };
  return { path: /^\/networks\/[^/]+$/, tell: ifBridge };
}

function ofBridgeEntries(change: Partial<NonNullable<NetworkObject['Containers']>[string]>): Lie {
  return ofBridge(({ Containers }) => Object.values(Containers ?? {}).forEach((entry) => Object.assign(entry, change)));
}

const wrongId = 'a'.repeat(64);

/** One field each, and the one claim that it must turn. */
const lies: Record<string, Lie> = {
  'host.inspect.ipv4-fields-are-empty': ofHostEndpoint({ IPAddress: '192.0.2.1' }),
  'host.inspect.ipv6-fields-are-empty': ofHostEndpoint({ GlobalIPv6PrefixLen: 64 }),
  'host.inspect.mac-address-is-empty': ofHostEndpoint({ MacAddress: '02:42:c0:00:02:01' }),
  'host.inspect.network-id-is-the-host-networks': ofHostEndpoint({ NetworkID: wrongId }),
  'host.inspect.configuration-is-null': ofHostEndpoint({ Aliases: [] }),
  'host.inspect.sandbox-id-is-64-digits': inContainers(({ NetworkSettings }) => (NetworkSettings.SandboxID = NetworkSettings.SandboxID.slice(1))),
  'host.inspect.sandbox-id-is-empty-after-exit': inContainers(({ State, NetworkSettings }) => (NetworkSettings.SandboxID = State.Running ? NetworkSettings.SandboxID : wrongId)),
  'host.inspect.bridge-field-is-empty': inContainers(({ NetworkSettings }) => (NetworkSettings.Bridge = 'docker0')),
  'bridge.inspect.mac-is-the-interfaces': ofBridgeEntries({ MacAddress: '02:00:00:00:00:01' }),
  'bridge.inspect.ipv6-is-empty': ofBridgeEntries({ IPv6Address: '2001:db8::1/64' }),
  'bridge.inspect.names-are-the-containers': ofBridgeEntries({ Name: 'somebody' }),
  'models.engine-offers-further-drivers': {
    path: /^\/info$/,
    tell: (info: { Plugins: { Network: string[] } }) => (info.Plugins.Network = ['bridge', 'host', 'null']),
  },
};

describe('an engine that says one thing wrongly in its answers', () => {
  it('must deviate in the claim about that very thing, for each of them, and in no other', async () => {
    const ended = await runAgainst({ socketPath: await lyingEngine(lab.socketPath, Object.values(lies)) });
    expect(ended.unjudged()).toEqual([]);
    expect(ended.with('deviates')).toEqual(Object.keys(lies).sort());
    expect(ended.status).toBe(1);
  }, runPatience);

  it('must deviate where its bridge does not list a container that is on it', async () => {
    const forgetful = ofBridge(({ Containers = {} }) => Reflect.deleteProperty(Containers, Object.keys(Containers)[0] ?? ''));
    const about = ['bridge.inspect.lists-exactly-the-added-containers', 'bridge.inspect.names-are-the-containers', 'bridge.default.peers-reach-each-other'];
    const ended = await runAgainst({ socketPath: await lyingEngine(lab.socketPath, [forgetful]) }, '--claim', ...about);
    expect(ended.unjudged()).toEqual([]);
    expect(ended.with('deviates')).toEqual(['bridge.inspect.lists-exactly-the-added-containers', 'bridge.inspect.names-are-the-containers']);
    expect(ended.with('conforms')).toEqual(['bridge.default.peers-reach-each-other']);
    expect(ended.status).toBe(1);
  }, runPatience);

  it('must conform as soon as it is not lied about', async () => {
    const ended = await runAgainst({ socketPath: await lyingEngine(lab.socketPath, []) }, '--claim', ...Object.keys(lies));
    expect(ended.unjudged()).toEqual([]);
    expect(ended.with('conforms')).toEqual(Object.keys(lies).sort());
    expect(ended.status).toBe(0);
  }, runPatience);
});
