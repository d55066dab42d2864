import type { EverydayFault } from '../../../fixtures/faults/everyday/model';
import { describeOutcome, type Outcome } from '../../claim/outcome';
import { eventually } from '../../claim/eventually';
import { FailureTracer } from '../../diagnosis';
import type { Variables } from '../../faults/script';
import { prepareLab, startLab } from '../../lab';
import { unknownCause } from '../../results/cause-code';
import { fetchFrom } from '../../vantage/fetch';
import { note } from '../../base/output';
import { makeScene, onHost, type MadeScene } from './scene';

/** What became of one fault. */
export interface Tried {
  fault: string;
  /** how the probe ended */
  outcome: string;
  /** `right`, `wrong`, `unknown`, and `none`: a probe that failed got no cause at all */
  named: 'right' | 'wrong' | 'unknown' | 'none';
  code: string;
  summary: string;
  remedy: string;
  /** what came of doing what the remedy says; `words`: there is nothing to be done as it stands */
  remedied: 'mends' | 'does not mend' | 'fails' | 'words';
  milliseconds: number;
}

/** Seconds within which a probe gets through again once what kept it is mended. */
const mendedWithin = 6000;

/**
 * Breaks a lab of its own in one way, asks for the cause, does what the remedy says, and at last what the truth says.
 * @throws Error where the fault breaks nothing, or where doing what the truth says does not mend it: then it is no truth
 */
export async function tryFault({ id, scene: kind, daemonArgs = [], breaks, truth }: EverydayFault): Promise<Tried> {
  const lab = await startLab(await prepareLab(undefined, note), { runId: 'selftest', daemonArgs });
  try {
    const scene = await makeScene(lab, kind);
    try {
      const healthy = await probe(scene);
      if (!getsThrough(healthy, scene)) throw new Error(`${id}: nothing is broken yet, and the probe fails: ${describe(healthy)}`);
      await onHost(lab, breaks, scene.variables);
      const broken = await probe(scene);
      if (getsThrough(broken, scene)) throw new Error(`${id} breaks nothing`);
      const startedAt = performance.now();
      const cause = await tracerOf(scene, lab.enter([])).causeOf(thrownFor(broken, scene));
      const milliseconds = Math.round(performance.now() - startedAt);
      const remedied = cause ? await attempt(cause.remedy, scene, (script) => onHost(lab, script, scene.variables)) : 'words';
      if (remedied !== 'mends' && truth.mends !== undefined) {
        await onHost(lab, truth.mends, scene.variables);
        const last = await untilThrough(scene);
        if (!getsThrough(last, scene)) throw new Error(`${id}: what is said to mend it does not: ${describe(last)}`);
      }
      const { code = '', summary = '', remedy = '' } = cause ?? {};
      return {
        fault: id,
        outcome: describe(broken),
        named: judge(cause, truth, scene.variables),
        code,
        summary,
        remedy,
        remedied,
        milliseconds,
      };
    } finally {
      await scene.close();
    }
  } finally {
    await lab.stop();
  }
}

/** How a probe ended: an outcome, or what it threw because it could not be made. */
type Ended = { outcome: Outcome } | { thrown: unknown };

async function probe(scene: MadeScene): Promise<Ended> {
  try {
    return { outcome: await fetchFrom(scene.from, await scene.origin()) };
  } catch (thrown) {
    return { thrown };
  }
}

const getsThrough = (ended: Ended, { server }: MadeScene): boolean =>
  'outcome' in ended && ended.outcome.kind === 'reached' && ended.outcome.by === server.token;

const describe = (ended: Ended): string =>
  'outcome' in ended ? describeOutcome(ended.outcome).replace(/\s+/g, ' ') : `thrown: ${(ended.thrown as Error).message}`;

const untilThrough = (scene: MadeScene) =>
  eventually(
    () => probe(scene),
    (ended) => getsThrough(ended, scene),
    { within: mendedWithin },
  );

function tracerOf({ docker, host }: MadeScene, enter: string[]): FailureTracer {
  return new FailureTracer({ docker, kind: 'docker', host, access: { kind: 'lab', enter }, nameOf: () => undefined });
}

/** What a claim throws that expected to reach the server. */
function thrownFor(ended: Ended, { server }: MadeScene): unknown {
  return 'thrown' in ended ? ended.thrown : { matcherResult: { judged: { outcome: ended.outcome, by: server } } };
}

function judge(
  cause: { code: string; summary: string; remedy: string } | undefined,
  { causes, says }: EverydayFault['truth'],
  variables: Variables,
): Tried['named'] {
  if (!cause) return 'none';
  const named = Object.entries(variables).reduce(
    (text, [name, value]) => text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), value),
    says.source,
  );
  const told = new RegExp(named, says.flags).test(`${cause.summary}\n${cause.remedy}`);
  if (causes.includes(cause.code) && told) return 'right';
  return cause.code === unknownCause ? 'unknown' : 'wrong';
}

/** Does what a remedy says, where that is a command as it stands. */
async function attempt(remedy: string, scene: MadeScene, onLab: (script: string) => Promise<string>): Promise<Tried['remedied']> {
  const [command = ''] = remedy.split(/\s+# /);
  if (!/^(docker|ip|bridge|tc|iptables|ip6tables|iptables-legacy|nft|sysctl|kill|nsenter|for) /.test(command)) return 'words';
  try {
    await onLab(command);
  } catch {
    return 'fails';
  }
  return getsThrough(await untilThrough(scene), scene) ? 'mends' : 'does not mend';
}
