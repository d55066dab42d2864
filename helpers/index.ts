/**
 * Everything that a spec needs; besides, faults that stand beside claims are made of what fixtures/faults has. Spec files load in
 * Jest's environment, where claims are judged, and where they are read for what they declare (fixtures/claims).
 */
import type { SpecRuntime } from './spec/spec-runtime';
import { specRuntime } from './spec/spec-runtime-key';

const runtime = (globalThis as unknown as Record<symbol, SpecRuntime>)[specRuntime];
if (!runtime) throw new Error("specs are loaded by this project's Jest environment (helpers/jest/environment.cjs), or by fixtures/claims");

export const {
  claims,
  topology,
  mustStart,
  engine,
  host,
  cli,
  eventually,
  control,
  networkView,
  once,
  context,
  ask,
  make,
  scene,
  lab,
  expect,
} = runtime;

export const {
  addressesOfLongNames,
  askedFor,
  attachedTo,
  asksForMac,
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

export type { Container } from './containers/container';
export type { Beyond } from './make/beyond';
export type { ExternalHost } from './make/external-host';
export type { OwnLab } from './make/own-lab';
export type { OwnNetwork } from './make/own-network';
export type {} from './jest/matchers';
