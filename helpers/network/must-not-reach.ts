import { controlFailed } from '../claim/control';
import { Blocked } from '../claim/verdict';
import { lookUpName } from '../trace/name';
import { isAddress, parseTarget, targetInWords, type Target } from '../trace/asked';
import type { Attempt } from '../trace/talk';
import type { TraceCause } from '../trace/results';
import { withoutEvidence } from '../world/evidence';
import { ProbeBroken } from '../world/vantage-point';
import { gotThrough, nameOfSource, type Asker, type Source } from './asker';
import { askAll, elsewhere, needed, NotAsClaimed, seenIn, targetAt } from './reaching';
import type { ContainerPlace, MustNotOptions, Place, Seen, To } from './types';
import { MistakeInSpec } from './wanted';
import { waysTo, type Way } from './ways';

/** Thrown where the control does not reach what it must reach. */
export class ControlFailed extends Blocked {
  constructor(
    message: string,
    /** why not */
    readonly traced: Seen['cause'],
  ) {
    super(message);
  }
}

/**
 * That none of those who ask gets through, by any way, while the control does.
 * @throws NotAsClaimed where one gets through, ControlFailed where the control does not
 */
export async function mustNotReach(asker: Asker, from: Place, to: To, options: MustNotOptions): Promise<void> {
  const controls = controlsOf(from, options);
  await mustControl(asker, controls, to, options);
  for (const source of await asker.sourcesOf(from)) {
    if (source && !['running', 'paused'].includes(source.status))
      throw new Blocked(`${source.name} does not run, so that it reaches nobody; it is ${source.status}`);
    const ways = await waysOf(asker, source, to, { ...options, controls });
    if (ways.length === 0) throw new Blocked(`${nameOfSource(source)} knows no address of ${nameOf(to)}, so that nothing could be asked`);
    const attempts = await Promise.all(ways.map(async (way) => ({ way, attempt: await asker.talk(source, way.target, way.address) })));
    for (const { way, attempt } of attempts) judge(source, way, attempt);
  }
  await mustControl(asker, controls, to, options);
}

/** @throws MistakeInSpec for a "must not" without a control: specs in JavaScript have nobody who checks that */
function controlsOf(from: Place, options: MustNotOptions): Place[] {
  const { control } = (options as Partial<MustNotOptions> | undefined) ?? {};
  const controls = control === undefined ? [] : 'kind' in control ? [control] : [...control];
  if (controls.length === 0)
    throw new MistakeInSpec(
      'mustNotReach needs a control, a place that does reach the same listener: mustNotReach(web, db, { port: 5432, control: api })',
    );
  if (controls.includes(from)) throw new MistakeInSpec(`${from.name} cannot be the control of what ${from.name} must not reach`);
  return controls;
}

const nameOf = (to: To): string => (typeof to === 'string' ? to : to.name);

async function mustControl(asker: Asker, controls: readonly Place[], to: To, { port, udp = false }: MustNotOptions): Promise<void> {
  for (const control of controls) {
    const at = typeof to === 'string' || port === undefined ? undefined : { port, udp };
    const seen = seenIn(await askAll(asker, control, to, at));
    if (!seen.reached)
      throw new ControlFailed(`${controlFailed}: ${control.name} does not reach ${nameOf(to)}: ${seen.summary}`, seen.cause);
  }
}

/** @throws NotAsClaimed where somebody got through, ProbeBroken where it could not be asked */
function judge(source: Source, { target, cause }: Way, attempt: Attempt): void {
  if (attempt.ending === 'broken')
    throw new ProbeBroken(`${targetInWords(target)} could not be asked from ${nameOfSource(source)}: ${attempt.says}`);
  if (!gotThrough(target, attempt)) return;
  const seen = [{ where: nameOfSource(source), what: `ask ${targetInWords(target)} at ${attempt.address}`, answer: attempt.says }];
  const traced: TraceCause = { ...cause, layer: 'route', seen };
  throw new NotAsClaimed(`${nameOfSource(source)} gets through to ${targetInWords(target)}: ${attempt.says}`, traced);
}

async function waysOf(
  asker: Asker,
  source: Source,
  to: To,
  { port, udp = false, controls }: MustNotOptions & { controls: readonly Place[] },
): Promise<Way[]> {
  if (typeof to === 'string') return wordedWays(asker, source, parseTarget(to, udp), controls);
  if (to.kind !== 'container') return wordedWays(asker, source, targetAt(await elsewhere(asker, source, to), needed(port, to), udp));
  const members = await asker.membersOf(to as ContainerPlace);
  return (await Promise.all(members.map((it) => waysTo(asker, source, it, needed(port, to), udp)))).flat();
}

/**
 * The ways that a name or an address leads to at the source. That a name is unknown there does not keep anybody back who knows the
 * address, so those that it has for the controls are tried as well.
 */
async function wordedWays(asker: Asker, source: Source, target: Target, controls: readonly Place[] = []): Promise<Way[]> {
  const cause = {
    code: 'way.open',
    summary: `nothing keeps ${nameOfSource(source)} from ${targetInWords(target)}`,
    remedy: 'Keep them apart by a network that is internal, or by a rule in the chain DOCKER-USER of the host.',
  };
  if (isAddress(target.host)) return [{ target, address: target.host, cause }];
  const knowing = (await Promise.all(controls.map((it) => asker.sourcesOf(it)))).flat();
  const found = await Promise.all(
    [source, ...knowing].map(async (it) => {
      const point = await asker.pointOf(it);
      return (await withoutEvidence(() => lookUpName(point, target.host))).found;
    }),
  );
  return [...new Set(found.flat())].map((address) => ({ target, address, cause }));
}
