import type { Container } from '../containers/container';
import { addressOf, type Endpoint } from '../engine/endpoint';
import type { EngineFacts } from '../claim/engine-facts';
import { documentedSubnet } from './availability';
import type { HostAccess, RunContext } from '../claim/context';
import type { NewNetworks } from '../claim/engine-facts';

/** The range that Podman gives its default network when nobody chose another (podman-network(1)). */
const podmansSubnet = '10.88.0.0/16';

/**
 * How the engine was found, and where its host is seen from.
 * @param ownKernel the kernel of a lab that has its own
 */
export function reachedBy(endpoint: Endpoint | undefined, access: HostAccess, ownKernel?: string): string {
  const host = {
    here: 'its host is this network namespace',
    lab: 'its host is seen from inside the lab',
    helper: 'its host is seen through a helper container in host mode',
    unseen: 'its host is not looked at, since no helper container in host mode can be started there',
  }[access.kind];
  const lab = ownKernel === undefined ? 'in private namespaces' : `on a kernel of its own (${ownKernel})`;
  return `${endpoint ? `${endpoint.found}, ${addressOf(endpoint)}` : `a lab of this run, ${lab}`}; ${host}`;
}

/** What a reader must know to judge the verdicts. */
export function notesOn(engine: EngineFacts, configuredBy: string | undefined, newNetworks?: NewNetworks): string[] {
  return [...noteOnHost(engine), ...noteOnBridge(engine, configuredBy), ...notesOnNetworks(newNetworks)];
}

function notesOnNetworks(newNetworks: NewNetworks | undefined): string[] {
  if (newNetworks === undefined) return [];
  const { options, ipv4, ipv6, withoutRange, narrow } = newNetworks;
  const chosen = [
    ...Object.entries(options).map(([option, value]) => `${option}=${value}`),
    ...(ipv6 ? ['IPv6'] : []),
    ...(ipv4 ? [] : ['no IPv4']),
  ];
  return [
    ...(chosen.length > 0
      ? [
          `the operator gives new bridge networks ${chosen.join(', ')} (default-network-opts); the suite asks for its own as they are without it, but for what it does not know`,
        ]
      : []),
    ...(narrow !== undefined
      ? [`the operator's address pools give networks few addresses (${narrow}); the suite asks for ranges of its own`]
      : []),
    ...(withoutRange !== undefined
      ? [`other networks use up the address pools (${withoutRange}); the suite asks for ranges of its own`]
      : []),
  ];
}

/** A rootless Docker has its bridges, and puts containers in host mode, in a network namespace of its own. */
function noteOnHost({ kind, rootless }: EngineFacts): string[] {
  return kind === 'docker' && rootless
    ? ['the engine is rootless: its host is the network namespace that rootlesskit made for it, not the one of the user who started it']
    : [];
}

function noteOnBridge({ kind, defaultBridge }: EngineFacts, configuredBy: string | undefined): string[] {
  if (!defaultBridge) return ['the engine runs without a default bridge'];
  if (defaultBridge.subnet === documentedSubnet) return [];
  const why =
    configuredBy ?? (kind === 'podman' && defaultBridge.subnet === podmansSubnet ? "it is Podman's own default" : 'nothing explains it');
  return [`the default bridge has ${defaultBridge.subnet} instead of ${documentedSubnet}: ${why}; addresses are judged against it`];
}

/** The commands that enter the containers which `--keep-failed` kept, and the engine's host. */
export function howToEnter(
  kept: readonly Pick<Container, 'name' | 'containerName'>[],
  { cli = ['docker'], host }: Pick<RunContext, 'cli' | 'host'>,
): string {
  const rows = kept.map(({ name, containerName }) => [name, [...cli, 'exec', '-it', containerName, 'sh'].join(' ')]);
  if (host.kind === 'lab') rows.push(['host', [...host.enter, 'sh'].join(' ')]);
  if (host.kind === 'helper') rows.push(['host', [...cli, 'exec', '-it', host.containerId.slice(0, 12), 'sh'].join(' ')]);
  const width = Math.max(...rows.map(([name = '']) => name.length));
  const lines = rows.map(([name = '', command]) => `  ${name.padEnd(width)}  ${command}`);
  return ['', 'Kept for claims that failed; enter with', ...lines, 'Ctrl-C removes them and writes the reports.'].join('\n');
}
