import type { TopologyName } from '../../fixtures/topologies';
import { declaringFor, membersOf } from '../claim/declare';

/** Who asks the world while a spec file loads would ask before there is an engine to judge. */
function notYet(what: string): never {
  throw new Error(`${what} is used while a spec file loads, where there is no engine yet. Use it in a check, in a scene or in a function.`);
}

/** Anything of the test interface: it may be named, and neither called nor looked at. */
const later = (what: string): unknown =>
  new Proxy(() => notYet(what), {
    // by symbols the language and Jest look at everything
    get: (target, name) => (typeof name === 'symbol' ? (Reflect.get(target, name) as unknown) : notYet(what)),
  });

const laterEach = (known: object = {}) =>
  new Proxy(known, {
    get: (target, name) => (name in target || typeof name === 'symbol' ? (Reflect.get(target, name) as unknown) : later(name)),
  });

/** What stands for the asymmetric matchers of `expect`, which checks compare with: no check runs. */
const matcher = () => ({});
const expect = Object.assign(() => notYet('expect'), { any: matcher, objectContaining: matcher, stringMatching: matcher });

/**
 * What `helpers/index.ts` offers where spec files are loaded for what they declare. It is small: what talks to engines is
 * loaded by those who judge.
 */
export const declaring: object = laterEach({
  claims: declaringFor(() => undefined),
  topology: (name: TopologyName) => membersOf(name, laterEach()),
  scene: () => () => notYet('a scene'),
  once: () => () => notYet('what is looked at once'),
  expect,
  testInterface: laterEach({ addressesOfLongNames: 0 }),
});
