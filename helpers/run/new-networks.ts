import type Dockerode from 'dockerode';
import { attempted, record } from '../world/evidence';
import type { EngineFacts, NewNetworks } from '../claim/engine-facts';
import { isOutOfRanges } from '../engine/out-of-ranges';

interface Made {
  IPAM?: { Config?: { Subnet?: string }[] | null };
  /** absent before API 1.48, where there is no network without IPv4 */
  EnableIPv4?: boolean;
  EnableIPv6?: boolean;
  Options?: Record<string, string> | null;
}

/** A range for a network that is looked at before a run, where the engine has none left, or none with room (RFC 5737). */
export const documentationRange = '198.51.100.248/29';

/**
 * Makes a network that asks for nothing, looks at what it got, and removes it: an engine tells of the options that its
 * operator gives to new networks nowhere else. Where ranges are used up, one with a range is looked at.
 * @returns undefined for an engine that has no such options, or makes no network
 */
export async function newNetworksOf(
  engine: Pick<EngineFacts, 'kind'>,
  docker: Dockerode,
  runId: string,
  labels: Record<string, string>,
): Promise<NewNetworks | undefined> {
  if (engine.kind !== 'docker') return undefined;
  const { value: seen, evidence } = await attempted(() => probe(docker, { Name: `dnc-look-${runId}`, Labels: labels }));
  return seen && { ...seen, evidence };
}

async function probe(docker: Dockerode, body: { Name: string; Labels: Record<string, string> }): Promise<Omit<NewNetworks, 'evidence'>> {
  try {
    return await made(docker, body);
  } catch (error) {
    const { message } = error as Error;
    if (!isOutOfRanges(message)) throw error;
    record({ kind: 'api', where: 'engine', what: 'POST /networks/create', answer: message });
    return { ...(await made(docker, { ...body, IPAM: { Config: [{ Subnet: documentationRange }] } })), withoutRange: wordsOf(message) };
  }
}

/** What dockerd says, without what docker-modem puts before it. */
function wordsOf(message: string): string {
  return /address pools have been.*|could not find.*/.exec(message)?.[0].trim() ?? message;
}

/** The prefix length of the smallest ranges that Docker gives by itself (moby, libnetwork/ipamutils). */
const smallestUsual = 24;

async function made(docker: Dockerode, body: { Name: string; IPAM?: object }): Promise<Omit<NewNetworks, 'evidence'>> {
  const startedAt = performance.now();
  const network = await docker.createNetwork(body);
  try {
    const { Options, EnableIPv4, EnableIPv6, IPAM } = (await network.inspect()) as Made;
    record(
      {
        kind: 'api',
        where: 'engine',
        what: 'POST /networks/create of a network that asks for nothing, and GET /networks/{id} (Options, EnableIPv4, EnableIPv6, IPAM)',
        answer: JSON.stringify({ Options, EnableIPv4, EnableIPv6, IPAM }),
      },
      startedAt,
    );
    const narrow =
      body.IPAM === undefined
        ? IPAM?.Config?.find(({ Subnet = '' }) => Subnet.includes('.') && Number(Subnet.split('/')[1]) > smallestUsual)?.Subnet
        : undefined;
    return { options: Options ?? {}, ...(narrow !== undefined && { narrow }), ipv4: EnableIPv4 ?? true, ipv6: EnableIPv6 ?? false };
  } finally {
    await network.remove();
  }
}
