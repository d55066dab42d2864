import type { NamespaceState } from '../namespace-state';
import { commandAt, isHost, lastSource, linkNamed, type Scene } from '../scene';
import { anyFailure, type Finding, type Rung } from './layer';
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
      const selected = bySelectors(scene, state);
      if (selected) return selected;
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

/** A rule of policy routing that looks at more than a mark: what the kernel answers for these very packets is not what it answers for others. */
function bySelectors(scene: Scene, state: NamespaceState): Finding | undefined {
  for (const [asked, exact] of Object.entries(state.routes)) {
    const [question = '', selectors] = asked.split(' with ');
    const [to = ''] = question.split(' ');
    const plain = state.routes[question] ?? state.routes[to];
    if (
      selectors === undefined ||
      !plain?.found ||
      (exact.found ? exact.link === plain.link && exact.gateway === plain.gateway : !isAnswer(exact.why))
    )
      continue;
    const rules = state.printed.policy.split('\n').flatMap((line) => {
      const selector = line.replace(/^\d+:\s*(?:from all )?/, '').trim();
      return selector === '' || /^lookup (local|main|default)$/.test(selector) || /\bfwmark\b/.test(selector) ? [] : [selector];
    });
    const fitting = rules.filter(
      (rule) =>
        selectors.split(' ').slice(-2).join(' ') === /\b[sd]port \S+/.exec(rule)?.[0] ||
        rule.includes(`from ${question.split(' from ')[1]}`),
    );
    const [rule] = fitting.length === 1 ? fitting : rules;
    if (rule === undefined) continue;
    const certain = fitting.length === 1 || rules.length === 1;
    return {
      summary: `${state.place} leads packets to ${to} another way than others, by ${certain ? `its rule of policy routing "${rule}"` : `its rules of policy routing (${rules.join('; ')})`}: it ${exact.found ? `sends them on ${exact.link}, not on ${plain.link}` : `has no way for them (${exact.why})`}`,
      remedy: certain
        ? commandAt(scene, state, `ip rule delete ${rule}`)
        : `Decide which of these rules is to go: ${commandAt(scene, state, 'ip rule')}`,
      seen: [
        { of: state, section: 'policy' },
        { of: state, section: 'route' },
      ],
    };
  }
  return undefined;
}

/** Whether the kernel said so; a program that does not know the question says something of its own. */
const isAnswer = (why: string): boolean => why.includes('RTNETLINK answers');

/** The host, where packets are its own or go through it. */
export const routedByTheHost = (scene: Scene): NamespaceState | undefined =>
  isHost(scene, lastSource(scene)) || linkNamed(scene.host, scene.network?.bridge) ? scene.host : undefined;
