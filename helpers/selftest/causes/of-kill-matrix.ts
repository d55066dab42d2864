import { faults } from '../../../fixtures/faults';
import type { EverydayFault, EverydayScene } from '../../../fixtures/faults/everyday/model';
import type { HostFault } from '../../../fixtures/faults/model';
import type { TopologyName } from '../../../fixtures/topologies';

/** The scenes that are like a topology of the document's claims, and what its members are called there. */
const scenes: Partial<Record<TopologyName, { scene: EverydayScene; members: Readonly<Record<string, string>> }>> = {
  'bridge-pair': { scene: 'pair', members: { NGINX01: 'CLIENT', NGINX02: 'SERVER' } },
  'half-published': { scene: 'host-port', members: { NGINX: 'SERVER' } },
};

/** What a member has, as scripts know it. */
const properties = ['ID', 'PID', 'IP', 'VETH'];

/** A fault that has to be there before containers are, or is met by other scenes alone, cannot be tried here. */
const elsewhere = new Set([
  'proxy.ends-at-once',
  'firewall.drops-on-an-unpublished-port',
  'nat.unpublished-port-is-published',
  'nat.unpublished-port-leads-from-addresses',
]);

/** The faults of the kill matrix that break a host, each in the scene in which it is met, so that what remedies say can be done. */
export const faultsOfKillMatrix: readonly EverydayFault[] = faults
  .filter((fault): fault is HostFault & typeof fault => fault.kind === 'host' && fault.cause !== undefined && !elsewhere.has(fault.id))
  .flatMap((fault): EverydayFault[] => {
    const { id, title, daemonArgs, before = '', within = {}, cause = '', otherCauses = [] } = fault;
    const topology = (Object.keys(within) as TopologyName[]).find((name) => scenes[name]) ?? (before === '' ? undefined : 'bridge-pair');
    const { scene, members } = (topology && scenes[topology]) ?? {};
    if (!scene || !members || !topology) return [];
    const names = Object.entries(members).flatMap(([own, here]) => properties.map((it) => `${own}_${it}="$${here}_${it}"`));
    return [
      {
        id: `kill-matrix.${id}`,
        title,
        scene,
        traits: [],
        ...(daemonArgs && { daemonArgs }),
        breaks: [...names, 'NGINX_HOST_PORT="$HOST_PORT"', before, within[topology] ?? ''].join('\n'),
        truth: { causes: [cause, ...otherCauses], says: /./ },
      },
    ];
  });
