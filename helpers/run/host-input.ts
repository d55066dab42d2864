import type Dockerode from 'dockerode';
import { scaledLimit } from '../base/pace';
import type { EngineFacts, NewNetworks } from '../claim/engine-facts';
import { asDockerMakesThem, withRange } from '../make/as-docker-makes-them';
import { freePorts } from '../make/free-ports';
import { execInContainer } from '../vantage/exec';
import { attempted, type Evidence } from '../world/evidence';
import type { VantagePoint } from '../world/vantage-point';
import { documentationRange } from './new-networks';

/** Whether an engine's host takes in what containers send to its own addresses. */
export interface HostInput {
  takesIn: boolean;
  /** the answers that tell it */
  evidence: Evidence[];
}

/** What the probe is made with. */
export interface InputProbe {
  docker: Dockerode;
  host: VantagePoint;
  /** the suite's own image */
  image: string;
  runId: string;
  labels: Record<string, string>;
  newNetworks: NewNetworks | undefined;
}

/**
 * Has a container on a bridge network of its own ask a server in host mode, at the host's address on that network, as the
 * host itself can: a firewall of the host's own, such as ufw, may let nobody in whom it does not know. No engine makes a
 * rule about that, and what goes on to containers is another matter.
 * @returns undefined where it cannot be told
 */
export async function hostInput(
  { kind, rootless }: Pick<EngineFacts, 'kind' | 'rootless'>,
  parts: InputProbe,
): Promise<HostInput | undefined> {
  if (kind !== 'docker' || rootless) return undefined;
  const { value: takesIn, evidence } = await attempted(() => probe(parts));
  return takesIn === undefined ? undefined : { takesIn, evidence };
}

async function probe({ docker, host, image, runId, labels, newNetworks }: InputProbe): Promise<boolean | undefined> {
  const asked = asDockerMakesThem({ Name: `dnc-input-${runId}`, Labels: labels }, newNetworks);
  const needsRange = newNetworks?.withoutRange !== undefined || newNetworks?.narrow !== undefined;
  const network = await docker.createNetwork(needsRange ? withRange(asked, documentationRange) : asked);
  const made: Dockerode.Container[] = [];
  const start = async (HostConfig: Dockerode.HostConfig, Cmd: string[]) => {
    const container = await docker.createContainer({
      Image: image,
      Entrypoint: [],
      Cmd,
      Labels: labels,
      HostConfig: { Init: true, ...HostConfig },
    });
    made.push(container);
    await container.start();
    return container.id;
  };
  try {
    const { IPAM } = (await network.inspect()) as { IPAM?: { Config?: { Gateway?: string }[] } };
    const address = IPAM?.Config?.map(({ Gateway = '' }) => Gateway.replace(/\/.*/, '')).find((it) => it.includes('.'));
    if (address === undefined) return undefined;
    const port = await freePorts(host);
    const [server, client] = await Promise.all([
      start({ NetworkMode: 'host', UsernsMode: 'host' }, ['socat', `TCP4-LISTEN:${port},fork,reuseaddr`, `SYSTEM:echo ${runId}`]),
      start({ NetworkMode: network.id }, ['sleep', '600']),
    ]);
    const heard = async (id: string, where: string) => {
      const { exitCode } = await execInContainer(docker, id, where, ['sh', '-c', untilHeard(`TCP4:${address}:${port}`, runId)]);
      return exitCode === 0;
    };
    if (!(await heard(server, 'host mode'))) return undefined;
    if (await heard(client, 'a bridge network')) return true;
    // it may have ended meanwhile
    return (await heard(server, 'host mode')) ? false : undefined;
  } finally {
    await Promise.all(made.map((it) => it.remove({ force: true, v: true }).catch(() => undefined)));
    await network.remove().catch(() => undefined);
  }
}

/** Milliseconds until a server that starts must listen, and within which an answer comes on a quiet machine. */
const soon = 2000;

/** Ends with 0 as soon as a server says a word, and with 1 where it does not at three attempts. */
function untilHeard(server: string, word: string): string {
  const seconds = scaledLimit(soon) / 1000;
  return `for attempt in 1 2 3; do [ "$(socat -u -T ${seconds} ${server},connect-timeout=${seconds} -)" = ${word} ] && exit 0; sleep 0.3; done; exit 1`;
}
