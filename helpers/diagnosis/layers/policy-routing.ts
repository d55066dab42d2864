import type { NamespaceState } from '../namespace-state';
import { commandAt, isHost, lastSource, linkNamed, type Scene } from '../scene';
import { anyFailure, type Rung } from './layer';
import { hitSeen } from './rules';

/** Whether packets are marked, and by their mark led another way than all others. */
export function policyRouting(code: string, asks: string, stateOf: (scene: Scene) => NamespaceState | undefined): Rung {
  return {
    code,
    asks,
    explains: anyFailure,
    look: (scene) => {
      const state = stateOf(scene);
      if (!state) return undefined;
      for (const hit of scene.hits.filter(({ place }) => place === state.place)) {
        const [, set, given] = /mark set (0x[0-9a-f]+|\d+)|--set-x?mark (0x[0-9a-f]+)/.exec(hit.rule.text) ?? [];
        const mark = Number(set ?? given);
        const [key, marked] =
          Object.entries(state.routes).find(([asked]) => / mark /.test(asked) && Number(asked.split(' mark ')[1]) === mark) ?? [];
        const plain = key === undefined ? undefined : state.routes[key.split(' mark ')[0] ?? ''];
        if (!marked || !plain?.found || (marked.found && marked.link === plain.link && marked.gateway === plain.gateway)) continue;
        const rule = state.printed.policy.split('\n').find((line) => new RegExp(`fwmark 0x${mark.toString(16)}\\b`).test(line)) ?? '';
        const selector = rule.replace(/^\d+:\s*from all\s*/, '').trim();
        const how = marked.found ? `sends them on ${marked.link}, not on ${plain.link}` : `has no way for them (${marked.why})`;
        return {
          summary: `${state.place} marks the packets, and by its rule of policy routing "${selector}" ${how}`,
          remedy: commandAt(scene, state, `ip rule delete ${selector}`),
          seen: [hitSeen(hit), { of: state, section: 'policy' }, { of: state, section: 'route' }],
        };
      }
      return undefined;
    },
  };
}

/** The host, where packets are its own or go through it. */
export const routedByTheHost = (scene: Scene): NamespaceState | undefined =>
  isHost(scene, lastSource(scene)) || linkNamed(scene.host, scene.network?.bridge) ? scene.host : undefined;
