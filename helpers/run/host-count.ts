import type Dockerode from 'dockerode';
import { keptObjects } from '../../fixtures/engines/kept-objects';
import type { EngineFacts } from '../claim/engine-facts';
import type { HostCount } from '../results/results';
import type { EngineHost } from '../vantage/host';
import { firewallObjects, printFirewall } from './firewall-objects';
import { runLabel } from './objects';

/** What was counted at one moment. */
export interface Counted {
  objects: HostCount;
  /** what those on its host are called, as far as anybody could look */
  names: Record<'links' | 'firewallRules', readonly string[]>;
  /** what the engine keeps for ever on its host; it is not among the objects */
  kept: Record<'links' | 'firewallRules', number>;
}

/**
 * Counts the objects on an engine and its host, whoever made them, except this run's own containers, networks and
 * volumes: those are found by their label.
 */
export async function countHost(
  docker: Dockerode,
  host: Pick<EngineHost, 'exec'>,
  runId: string,
  kind: EngineFacts['kind'],
): Promise<Counted> {
  const [containers, networks, volumes, onHost] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listNetworks(),
    docker.listVolumes(),
    host.exec(['sh', '-c', `ls /sys/class/net | sed 's/^/link /'\n${printFirewall}`]),
  ]);
  const names = [...onHost.stdout.matchAll(/^link (.+)$/gm)].map(([, name = '']) => name);
  // a network namespace without lo is none that could be looked at
  const links = withoutKept(names.length > 0 ? names : undefined, keptObjects[kind].links);
  const firewall = withoutKept(firewallObjects(onHost.stdout), keptObjects[kind].firewall);
  const others = (objects: { Labels?: Record<string, string> | null | undefined }[]) =>
    objects.filter(({ Labels }) => Labels?.[runLabel] !== runId).length;
  return {
    objects: {
      containers: others(containers),
      networks: others(networks),
      volumes: others((volumes as { Volumes: typeof volumes.Volumes | null }).Volumes ?? []),
      links: links.others?.length ?? null,
      firewallRules: firewall.others?.length ?? null,
    },
    names: { links: links.others ?? [], firewallRules: firewall.others ?? [] },
    kept: { links: links.kept, firewallRules: firewall.kept },
  };
}

/** Tells what an engine keeps for ever from everything else; `others` is null where nobody could look. */
export function withoutKept(
  objects: readonly string[] | undefined,
  patterns: readonly RegExp[],
): { others: string[] | null; kept: number } {
  if (!objects) return { others: null, kept: 0 };
  const others = objects.filter((object) => !patterns.some((pattern) => pattern.test(object)));
  return { others, kept: objects.length - others.length };
}

/** So many names of what came or went are told. */
const mostNames = 3;

/** What changed between two counts, one sentence each; nothing that could not be counted both times. */
export function differences(before: Counted, after: Counted): string[] {
  const words: Record<keyof HostCount, string> = {
    containers: 'containers',
    networks: 'networks',
    volumes: 'volumes',
    links: 'links of the host',
    firewallRules: 'firewall rules of the host',
  };
  return (Object.keys(words) as (keyof HostCount)[]).flatMap((kind) => {
    const [was, is] = [before.objects[kind], after.objects[kind]];
    if (was === null || is === null || was === is) return [];
    const names =
      kind === 'links' || kind === 'firewallRules'
        ? [
            ...without(after.names[kind], before.names[kind]).map((name) => `+ ${name}`),
            ...without(before.names[kind], after.names[kind]).map((name) => `- ${name}`),
          ]
        : [];
    const told = [...names.slice(0, mostNames), ...(names.length > mostNames ? [`and ${names.length - mostNames} more`] : [])].join(', ');
    return [`${words[kind]}: ${was} before the run, ${is} after it${told && ` (${told})`}`];
  });
}

/** Each name as many times as it stands more often in the first list than in the other: a rule can be there twice. */
function without(names: readonly string[], others: readonly string[]): string[] {
  const rest = [...others];
  return names.filter((name) => {
    const place = rest.indexOf(name);
    if (place >= 0) rest.splice(place, 1);
    return place < 0;
  });
}

/** What a reader should know of what an engine made for its first container, and that is no leftover. */
export function noteOnKept(before: Counted, after: Counted, name: string): string[] {
  const [rules, links] = [after.kept.firewallRules - before.kept.firewallRules, after.kept.links - before.kept.links];
  const what = [...(rules > 0 ? [`${rules} firewall chains and rules`] : []), ...(links > 0 ? ['a bridge without ports'] : [])].join(
    ' and ',
  );
  return what ? [`${name} keeps ${what} that it made with its first container; they belong to no container, and are not counted`] : [];
}
