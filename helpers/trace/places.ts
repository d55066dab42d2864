import { SetUpFailed } from '../claim/set-up';
import type { VantagePoint } from '../world/vantage-point';
import { helperIn } from './helper-container';
import { ownerOfNamespace, type Member } from './inventory';
import type { Tracing } from './tracing';
import { viewOf, type PlaceView } from './view';

/** Helper containers, one for each place that was looked at. */
export class Places {
  private readonly started = new Map<string, Promise<VantagePoint>>();
  private readonly points = new Map<string, VantagePoint>();

  constructor(private readonly tracing: Tracing) {}

  /** The inside of a container, or of the one whose namespace it shares. */
  inside(member: Member): Promise<VantagePoint> {
    const owner = this.ownerOf(member);
    const begun = this.started.get(owner.id) ?? this.start(owner, member.name);
    this.started.set(owner.id, begun);
    return begun;
  }

  /** The container whose namespace it is that another one is in. */
  ownerOf(member: Member): Member {
    return ownerOfNamespace(member, this.tracing.inventory);
  }

  /** A place that has been entered before. */
  known(id: string): VantagePoint | undefined {
    return this.points.get(id);
  }

  private async start({ id, usernsMode }: Member, name: string): Promise<VantagePoint> {
    const inside = { id, name, usernsMode };
    const point = await helperIn(this.tracing, { ...inside, processes: true }).catch((error: unknown) => {
      // an engine that lets nobody see another container's processes may well let its network be seen
      if (error instanceof SetUpFailed) return helperIn(this.tracing, inside);
      throw error;
    });
    this.points.set(id, point);
    return point;
  }
}

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
