import { answers } from './layers/answers';
import { onTheBridge } from './layers/bridge';
import { configuration } from './layers/configuration';
import { containers } from './layers/containers';
import { filters } from './layers/filters';
import { atTheHostPort } from './layers/host-port';
import type { Rung } from './layers/layer';
import { lost } from './layers/lost';
import { names, nameServers } from './layers/names';
import { queues } from './layers/queues';
import { atTheServer } from './layers/server';
import { sizes } from './layers/sizes';
import { atTheSource } from './layers/source';
import { atTheTarget } from './layers/target';

/*
 * What can break between a client and a server, in the order in which a packet meets it. The first rung that finds
 * something is the cause. A rung says only what the state proves: where it could as well be otherwise, it is silent, and
 * the next one is asked. To correct the knowledge, correct it in layers/, one file for each.
 */

/** What the engine itself knows, without any look at the network. */
export const engineRungs: readonly Rung[] = [...containers, ...configuration];

/** The whole ladder. */
export const ladder: readonly Rung[] = [
  ...engineRungs,
  ...names,
  ...atTheSource,
  ...atTheHostPort,
  ...onTheBridge,
  ...atTheTarget,
  ...filters,
  ...queues,
  ...sizes,
  ...atTheServer,
  ...answers,
  ...nameServers,
  ...lost,
];

/** What keeps a connection from being made; one that was made has shown that none of it is so, unless somebody else answered. */
export const beforeConnections: ReadonlySet<Rung> = new Set(
  [...atTheSource, ...onTheBridge, ...atTheTarget].filter(({ explains }) => !explains.includes('reached')),
);
