import { existsSync } from 'node:fs';
import type { Claim, KernelPart } from '../../fixtures/claims/model';
import type { Wishes } from '../claim/context';
import { run } from '../base/process';
import { discoverEndpoint } from '../engine/discover';
import { ownKernelState } from '../lab';
import type { Selection } from './selection';

/** Says which kinds of links cannot be made in a network namespace that goes with it. */
const tryLinks = `ip link add one type veth peer name other || exit 0
ip link add type dummy || echo dummy
ip link add link one type ipvlan || echo ipvlan
ip link add link one name vlan type vlan id 2 || echo vlan`;

/**
 * Whether a run names claims by their ids, and all that it names can be judged nowhere but in a lab with a kernel of its
 * own: the run is to be in a lab, and this machine's kernel lacks what each of them is about.
 * @param progress told that it is so
 */
export async function onlyOwnKernelJudges(
  { claim: named = [], engine }: Pick<Selection, 'claim'> & Pick<Wishes, 'engine'>,
  claims: readonly Claim[],
  progress: (line: string) => void,
): Promise<boolean> {
  if (claims.length === 0 || !claims.every(({ id, kernel }) => kernel !== undefined && named.includes(id))) return false;
  if (ownKernelState(engine).state === 'unavailable' || (engine === undefined && (await discoverEndpoint()) !== undefined)) return false;
  const lacking = await lackingParts();
  if (!claims.every(({ kernel = [] }) => kernel.some((part) => lacking.has(part)))) return false;
  progress(
    `The kernel of this machine lacks what ${claims.length === 1 ? 'this claim is' : 'these claims are'} about: a lab with a kernel of its own judges it.`,
  );
  return true;
}

/** What the kernel of this machine is seen to lack. Without root no other lab can be had, whatever it has. */
async function lackingParts(): Promise<Set<KernelPart>> {
  if (process.getuid?.() !== 0) return new Set<KernelPart>(['dummy', 'ipvlan', 'ipvs', 'vlan']);
  const [links, module] = await Promise.all([
    run(['unshare', '--net', 'sh', '-c', tryLinks]),
    run(['modprobe', '--quiet', '--dry-run', 'ip_vs']),
  ]);
  const parts = links.stdout.split('\n').filter((line): line is KernelPart => line === 'dummy' || line === 'ipvlan' || line === 'vlan');
  const ipvs = existsSync('/proc/net/ip_vs') || module.exitCode === 0;
  return new Set([...parts, ...(ipvs ? [] : (['ipvs'] as const))]);
}
