import type Dockerode from 'dockerode';
import type { HostCount } from '../report/results';
import type { EngineHost } from '../vantage/host';
import { runLabel } from './objects';

/**
 * Prints the number of links, and of rules in the tables of iptables where its programs are installed and allowed.
 * Chains of users count as rules; built-in chains do not, because the kernel shows a table's own only once it was used.
 */
const countOnHost = 'ls /sys/class/net | wc -l; if iptables-save >/dev/null 2>&1; then { iptables-save; ip6tables-save; } 2>/dev/null | grep -cE "^-A|^:[^ ]+ - "; else echo -; fi';

/**
 * Counts the objects on an engine and its host, whoever made them, except this run's own containers, networks and
 * volumes: those are found by their label.
 */
export async function countHost(docker: Dockerode, host: EngineHost, runId: string): Promise<HostCount> {
  const [containers, networks, volumes, onHost] = await Promise.all([
    docker.listContainers({ all: true }),
    docker.listNetworks(),
    docker.listVolumes(),
    host.exec(['sh', '-c', countOnHost]),
  ]);
  const [links, rules] = onHost.stdout.split('\n').map((text) => (/^\d+$/.test(text) ? Number(text) : null));
  const others = (objects: { Labels?: Record<string, string> | null | undefined }[]) => objects.filter(({ Labels }) => Labels?.[runLabel] !== runId).length;
  return { containers: others(containers), networks: others(networks), volumes: others(volumes.Volumes), links: links ?? null, firewallRules: rules ?? null };
}

/** What changed between two counts, one sentence each; nothing that could not be counted both times. */
export function differences(before: HostCount, after: HostCount): string[] {
  const words: Record<keyof HostCount, string> = { containers: 'containers', networks: 'networks', volumes: 'volumes', links: 'links of the host', firewallRules: 'firewall rules of the host' };
  return (Object.keys(words) as (keyof HostCount)[]).flatMap((kind) => {
    const [was, is] = [before[kind], after[kind]];
    return was === null || is === null || was === is ? [] : [`${words[kind]}: ${was} before the run, ${is} after it`];
  });
}
