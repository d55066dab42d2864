/** Everything that a spec needs. Specs import from here and from nowhere else. */
import type { SpecRuntime } from './spec/spec-runtime';
import { specRuntime } from './spec/spec-runtime-key';

const runtime = (globalThis as unknown as Record<symbol, SpecRuntime>)[specRuntime];
if (!runtime) throw new Error("specs run in this project's Jest environment (helpers/jest/environment.cjs)");

export const { claim, topology, mustStart, engine, host, cli, eventually, control, networkView, once, context, ask, make, scene, lab } =
  runtime;

export const {
  addressesOfLongNames,
  askedFor,
  asksNobodyElse,
  between,
  beyond,
  cidrParts,
  clock,
  configuredServer,
  conversation,
  derivedMac,
  externalHost,
  freePorts,
  ipvs,
  knowsNoName,
  linksOfKind,
  listeningAt,
  listensOn,
  lookUp,
  lookUpAll,
  mustGrant,
  mustHideAddresses,
  mustRun,
  nameServer,
  nameServerOn,
  overIPv6,
  reachable,
  read,
  serving,
  tellsWhoAsks,
  toldOf,
  vethLink,
  vethPeer,
} = runtime.testInterface;

export { expect } from '@jest/globals';

/** Says what the claims in it are about. It is no block of Jest's, which judges those of one block at a time: all claims of a file are of one. */
export const describe = (_about: string, claims: () => void): void => claims();

export type {} from './jest/matchers';
