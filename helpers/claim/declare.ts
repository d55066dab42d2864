import type { Declaration, Declared } from '../../fixtures/claims/model';
import type { TopologyName } from '../../fixtures/topologies';

/** What a spec file calls to declare its claims; those of a topology name what `topology()` gave. */
export interface Declare {
  <const Id extends string, const Named extends string = never>(claims: readonly Declaration<Id, Named>[]): Declared<Id, Named>;
  <const Id extends string, const Named extends string = never>(
    members: object,
    claims: readonly Declaration<Id, Named>[],
  ): Declared<Id, Named>;
}

const topologyOf = new WeakMap<object, TopologyName>();

/** Notes which topology the members are of that a spec file holds. */
export function membersOf<T extends object>(name: TopologyName, members: T): T {
  topologyOf.set(members, name);
  return members;
}

/** @param told what is declared, at once */
export function declaringFor(told: (declared: Declared) => void): Declare {
  return <Id extends string, Named extends string>(
    first: object | readonly Declaration<Id, Named>[],
    second?: readonly Declaration<Id, Named>[],
  ): Declared<Id, Named> => {
    const declared =
      second === undefined
        ? { topology: undefined, claims: first as readonly Declaration<Id, Named>[] }
        : { topology: topologyOf.get(first), claims: second };
    told(declared);
    return declared;
  };
}
