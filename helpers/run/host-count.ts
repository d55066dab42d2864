import type Dockerode from 'dockerode';
import { keptFirewallRules } from '../../fixtures/engines/kept-firewall-rules';
import type { EngineFacts } from '../engine/facts';
import type { HostCount } from '../report/results';
import type { EngineHost } from '../vantage/host';
import { firewallObjects, printFirewall } from './firewall-objects';
import { runLabel } from './objects';

/** What was counted at one moment. */
export interface Counted {
  objects: HostCount;
  /** how many chains and rules of the firewall the engine keeps for ever; they are not among the objects */
  keptRules: number;
}

/**
 * Counts the objects on an engine and its host, whoever made them, except this run's own containers, networks and
 * volumes: those are found by their label.
 */
export async function countHost(docker: Dockerode, host: EngineHost, runId: string, kind: EngineFacts['kind']): Promise<Counted> {
  const [containers, networks, volumes, onHost] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listNetworks(),
    docker.listVolumes(),
    host.exec(['sh', '-c', `ls /sys/class/net | wc -l\n${printFirewall}`]),
  ]);
  const links = /^\d+$/m.exec(onHost.stdout)?.[0];
  const { rules, kept } = withoutKept(firewallObjects(onHost.stdout), kind);
  const others = (objects: { Labels?: Record<string, string> | null | undefined }[]) => objects.filter(({ Labels }) => Labels?.[runLabel] !== runId).length;
  return {
    objects: {
      containers: others(containers),
      networks: others(networks),
      volumes: others(volumes.Volumes),
      links: links === undefined ? null : Number(links),
      firewallRules: rules,
    },
    keptRules: kept,
  };
}

/** Tells what an engine keeps for ever from everything else. */
export function withoutKept(objects: readonly string[] | undefined, kind: EngineFacts['kind']): { rules: number | null; kept: number } {
  if (!objects) return { rules: null, kept: 0 };
  const kept = objects.filter((object) => keptFirewallRules[kind].some((pattern) => pattern.test(object))).length;
  return { rules: objects.length - kept, kept };
}

/** What changed between two counts, one sentence each; nothing that could not be counted both times. */
export function differences(before: HostCount, after: HostCount): string[] {
  const words: Record<keyof HostCount, string> = { containers: 'containers', networks: 'networks', volumes: 'volumes', links: 'links of the host', firewallRules: 'firewall rules of the host' };
  return (Object.keys(words) as (keyof HostCount)[]).flatMap((kind) => {
    const [was, is] = [before[kind], after[kind]];
    return was === null || is === null || was === is ? [] : [`${words[kind]}: ${was} before the run, ${is} after it`];
  });
}

/** What a reader should know of firewall rules that an engine made for its first container, and that are no leftovers. */
export function noteOnKeptRules(before: Counted, after: Counted, name: string): string[] {
  const more = after.keptRules - before.keptRules;
  return more > 0 ? [`${name} keeps ${more} firewall chains and rules that it made with its first container; they carry nothing of any container, and are not counted`] : [];
}
