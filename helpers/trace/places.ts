import { SetUpFailed } from '../claim/set-up';
import type { VantagePoint } from '../world/vantage-point';
import { helperIn } from './helper-container';
import { ownerOfNamespace, type Member } from './inventory';
import type { Tracing } from './tracing';
import { viewOf, type PlaceView } from './view';

/** Places that were entered, by the namespaces that they are in: several traces may share them. */
export interface Entered {
  readonly started: Map<string, Promise<VantagePoint>>;
  readonly points: Map<string, VantagePoint>;
}

/** Nothing entered yet. */
export const noneEntered = (): Entered => ({ started: new Map(), points: new Map() });

/** The places that are looked at: entered where this process may, else by a helper container for each. */
export class Places {
  constructor(
    private readonly tracing: Pick<Tracing, 'docker' | 'image' | 'labels' | 'inventory' | 'entrance'>,
    private readonly entered = noneEntered(),
  ) {}

  /** The inside of a container, or of the one whose namespace it shares. */
  inside(member: Member): Promise<VantagePoint> {
    const owner = this.ownerOf(member);
    const key = keyOf(owner);
    const begun = this.entered.started.get(key) ?? this.start(owner, member.name);
    this.entered.started.set(key, begun);
    return begun;
  }

  /** The engine's host, with the suite's own tools. */
  onHost(): Promise<VantagePoint> {
    const begun = this.entered.started.get(hostKey) ?? this.startOnHost();
    this.entered.started.set(hostKey, begun);
    return begun;
  }

  /** The container whose namespace it is that another one is in. */
  ownerOf(member: Member): Member {
    return ownerOfNamespace(member, this.tracing.inventory);
  }

  /** A place that has been entered before. */
  known(id: string): VantagePoint | undefined {
    const member = this.tracing.inventory.members.find((it) => it.id === id);
    return this.entered.points.get(member ? keyOf(member) : id);
  }

  private async startOnHost(): Promise<VantagePoint> {
    return (await this.tracing.entrance?.onHost()) ?? helperIn(this.tracing);
  }

  private async start(owner: Member, name: string): Promise<VantagePoint> {
    const point = (await this.tracing.entrance?.inside(owner.id, name)) ?? (await this.startHelper(owner, name));
    this.entered.points.set(keyOf(owner), point);
    return point;
  }

  private async startHelper({ id, usernsMode }: Member, name: string): Promise<VantagePoint> {
    const inside = { id, name, usernsMode };
    return helperIn(this.tracing, { ...inside, processes: true }).catch((error: unknown) => {
      // an engine that lets nobody see another container's processes may well let its network be seen
      if (error instanceof SetUpFailed) return helperIn(this.tracing, inside);
      throw error;
    });
  }
}

const hostKey = 'host';

/** A container that was started anew has another namespace. */
const keyOf = ({ id, startedAt }: Member): string => `${id} ${startedAt}`;

/** What containers look like from inside, by the id of the owner of the namespace. Those that cannot be entered are left out. */
export async function viewsOf(members: readonly Member[], places: Places): Promise<[string, PlaceView][]> {
  const running = members.filter(({ status, networkMode }) => ['running', 'paused'].includes(status) && networkMode !== 'host');
  const seen = await Promise.all(
    running.map(async (member): Promise<[string, PlaceView][]> => {
      try {
        const point = await places.inside(member);
        return [[places.ownerOf(member).id, await viewOf(point)]];
      } catch (error) {
        // what cannot be entered is told as not looked at
        if (error instanceof SetUpFailed) return [];
        throw error;
      }
    }),
  );
  return seen.flat();
}
