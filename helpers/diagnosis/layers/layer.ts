import type { OutcomeKind } from '../../claim/outcome';
import type { NamespaceState, Section } from '../namespace-state';
import { containerLink, isHost, type Scene } from '../scene';

/** What a rung found. */
export interface Finding {
  /** one sentence, with names and addresses */
  summary: string;
  /** a command that mends it */
  remedy: string;
  /** what it was seen by: a section of a namespace's state, or words */
  seen: ({ of: NamespaceState | undefined; section: Section; lines?: RegExp } | { where: string; what: string; answer: string })[];
}

/** One thing that can break. */
export interface Rung {
  /** stable words joined by dots and dashes */
  code: string;
  /** the question that it answers, for readers */
  asks: string;
  /** the ways in which a probe can end because of it */
  explains: readonly OutcomeKind[];
  look(scene: Scene): Finding | undefined;
}

/** How a probe ends of which nothing comes back. */
export const silence: readonly OutcomeKind[] = ['timed-out', 'unreachable'];
/** Every way in which a probe that could look gets no answer of a server. */
export const anyFailure: readonly OutcomeKind[] = ['timed-out', 'unreachable', 'refused', 'reset'];

/** Whether the link of one end is up. */
export function linkDown(end: 'source' | 'target', stateOf: (scene: Scene) => NamespaceState | undefined): Rung {
  return {
    code: `${end}.link-down`,
    asks: `Is the ${end === 'source' ? "client's" : "server's"} link up?`,
    explains: silence,
    look: (scene) => {
      const state = stateOf(scene);
      const link = isHost(scene, state) ? undefined : containerLink(state);
      if (!state || !link || link.up) return undefined;
      return {
        summary: `${link.name} of ${state.place} is down`,
        remedy: `docker restart ${scene[`${end}Container`]?.containerName ?? state.place}`,
        seen: [{ of: state, section: 'link', lines: new RegExp(`"${link.name}"`) }],
      };
    },
  };
}

/** Whether the links of one end have the addresses that the engine tells. */
export function addressGone(
  end: 'source' | 'target',
  of: (scene: Scene) => { state: NamespaceState | undefined; container: Scene['targetContainer'] },
): Rung {
  return {
    code: `${end}.address-gone`,
    asks: `Has the ${end === 'source' ? 'client' : 'server'} the address that the engine tells?`,
    explains: [...anyFailure, 'reached'],
    look: (scene) => {
      const { state, container } = of(scene);
      const all = Object.values(container?.addresses ?? {}).filter(Boolean);
      const all6 = Object.values(container?.addresses6 ?? {}).filter(Boolean);
      // what is wrong in another network of its own is no cause
      const told = state?.ownAddress !== undefined && [...all, ...all6].includes(state.ownAddress) ? [state.ownAddress] : all;
      if (!state || !container || isHost(scene, state) || state.printed.address === '') return undefined;
      const missing = told.find((address) => !state.addresses.some((it) => it.address === address));
      if (missing === undefined) return undefined;
      const six = missing.includes(':');
      const own = state.addresses
        .filter(({ link, address }) => link !== 'lo' && address.includes(':') === six)
        .map(({ address }) => address);
      return {
        summary: `the engine says that ${state.place} has ${missing}; its links have ${own.length > 0 ? own.join(', ') : `no IPv${six ? 6 : 4} address`}`,
        remedy: `docker restart ${container.containerName}`,
        seen: [
          { of: state, section: 'address' },
          { where: 'engine', what: `address of ${state.place}`, answer: told.join(', ') },
        ],
      };
    },
  };
}

/** Whether a name or an address is one of the loopback. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}
