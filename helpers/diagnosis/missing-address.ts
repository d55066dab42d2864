import { causeFrom, type Cause } from './cause';
import { containersOf, networkOf } from './engine-view';
import { engineRungs } from './ladder';
import { notIn } from './layers/configuration';
import type { Surroundings } from './observe';
import type { Scene } from './scene';

/**
 * Why a container has no address, or no port on the host, where a claim wants to reach it: no probe could be made, so
 * only what the engine itself tells can be the cause.
 * @param network the one in which it was looked for, where that is known
 */
export async function missingAddress(
  containerId: string,
  { docker, kind, nameOf }: Surroundings,
  network?: string,
): Promise<Cause | undefined> {
  const target = (await containersOf(docker, nameOf)).find(({ id }) => id === containerId);
  if (!target) return undefined;
  const { [network ?? '']: asked, ...others } = target.addresses;
  // in such a mode a container is in no network, and nobody can have taken it from one
  const joinsNone = [network, target.networkMode].some((it) => it === 'host' || it === 'none' || it?.startsWith('container:'));
  if (network !== undefined && asked === undefined && Object.keys(others).length > 0 && target.status === 'running' && !joinsNone)
    return causeFrom('target.not-in-a-network', notIn(network, target), 0);
  const scene: Scene = {
    outcome: { kind: 'unreachable', detail: 'no address to send to' },
    origin: '',
    hostname: '',
    port: 0,
    sourceContainer: undefined,
    targetContainer: target,
    targetPort: 0,
    targetAddress: undefined,
    viaHostPort: false,
    network: await networkOf({ docker, kind }, target),
    sourceNetwork: undefined,
    source: undefined,
    host: undefined,
    target: undefined,
    hits: [],
    traces: new Map(),
    earlier: new Map(),
    traffic: new Map(),
    proxies: undefined,
    stoppedProxies: [],
    leadingProxies: [],
    targetProcesses: [],
  };
  for (const rung of engineRungs) {
    const finding = rung.look(scene);
    if (finding) return causeFrom(rung.code, finding, 0);
  }
  return undefined;
}
