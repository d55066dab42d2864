import { randomBytes } from 'node:crypto';
import type { KernelPart } from '../../fixtures/claims/model';
import { KernelLacks } from '../claim/verdict';
import { draw } from '../world/ask';
import type { VantagePoint } from '../world/vantage-point';

/** What to do where the kernel lacks something. */
const judgedElsewhere = '; --kernel judges it, on a kernel that has it';

/**
 * Makes sure that the kernel of a host can make links of a kind, by making one and removing it.
 * @param kind as `ip link add type` names it
 * @param parent the link of the host that it is to be on top of, for kinds that need one
 * @throws KernelLacks naming the kind, and what the kernel says
 */
export async function linksOfKind(host: VantagePoint, kind: Exclude<KernelPart, 'ipvs'>, parent?: string): Promise<void> {
  const name = draw('name of a link', () => `dnc${randomBytes(4).toString('hex')}`);
  const on = parent === undefined ? [] : ['link', parent];
  const { exitCode, stderr } = await host.exec([
    'ip',
    'link',
    'add',
    ...on,
    'name',
    name,
    'type',
    kind,
    ...(kind === 'vlan' ? ['id', '2'] : []),
  ]);
  if (exitCode !== 0) throw new KernelLacks(`this kernel makes no links of the kind ${kind}: ${stderr.trim()}${judgedElsewhere}`);
  await host.exec(['ip', 'link', 'delete', name]);
}

/**
 * Makes sure that the kernel of a host has IPVS, with which swarm balances what is sent to a virtual address.
 * @throws KernelLacks naming the module
 */
export async function ipvs(host: VantagePoint): Promise<void> {
  const { exitCode } = await host.exec(['test', '-e', '/proc/net/ip_vs']);
  if (exitCode !== 0) throw new KernelLacks(`this kernel has no IPVS (module ip_vs)${judgedElsewhere}`);
}
