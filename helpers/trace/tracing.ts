import type { HostAccess } from '../claim/context';
import type { EngineFacts } from '../claim/engine-facts';
import type { Target } from './asked';
import type { Entrance } from './entrance';
import type { HelperImage } from './helper-container';
import type { Inventory, Member } from './inventory';

/** What one trace is made with. */
export interface Tracing extends HelperImage {
  kind: EngineFacts['kind'];
  /** the way into namespaces without helper containers; undefined where there is none */
  entrance: Entrance | undefined;
  /** where the engine's host is seen from; it takes a while to find out */
  access: Promise<HostAccess>;
  inventory: Inventory;
  /** undefined for the engine's host */
  source: Member | undefined;
  target: Target;
  /** the compose project in which a target's name is meant, where that was said */
  project: string | undefined;
}
