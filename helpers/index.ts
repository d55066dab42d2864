/** Everything that a spec needs. Specs import from here and from nowhere else. */
import type { SpecRuntime } from './claim/spec-runtime';
import { specRuntime } from './jest/spec-runtime-key';

const runtime = (globalThis as unknown as Record<symbol, SpecRuntime>)[specRuntime];
if (!runtime) throw new Error('specs run in this project\'s Jest environment (helpers/jest/environment.cjs)');

export const { claim, topology, engine, host, cli, eventually, control, networkView, once, context, ask, make, scene, lab } = runtime;

export { between, cidrParts, derivedMac } from './claim/addresses';
export { askedFor, lookUp, lookUpAll, nameServer } from './dns';
export { cable } from './make/cable';
export { conversation } from './make/conversation';
export { freePorts } from './make/free-ports';
export { ipvs, linksOfKind } from './make/kernel';
export { neighbour } from './make/neighbour';
export { serving, tellsWhoAsks } from './make/sites';
export { vethPeer } from './vantage/procfs';
export { describe, expect } from '@jest/globals';
export type {} from './jest/matchers';
