import { withoutEvidence } from '../world/evidence';
import { describeOutcome, type Outcome } from '../claim/outcome';
import { unknownCause } from '../results/cause-code';
import { causeFrom, everything, type Cause } from './cause';
import { beforeConnections, ladder } from './ladder';
import { isName } from './layers/names';
import type { Finding, Rung } from './layers/layer';
import { mayWatch } from './look';
import { lookAt, partiesOf, sceneOf, watchedIn, type FailedProbe, type Look, type Parties, type Surroundings } from './observe';
import { probeAgain } from './probe-again';
import type { Scene } from './scene';
import { sourcePortsOf, watching, type Seen } from './watch';

/**
 * Follows the packets of failed probes, hop by hop, and names the first thing that breaks. It only reads, except that it
 * makes a probe once more. What it found once it recognises without that: one cause can turn many claims red.
 */
export class Diagnosis {
  /** by place, the last look at a namespace: what a rule has met since is the next probe's */
  private readonly lastLooks = new Map<string, Look['host']>();
  private readonly known: Cause[] = [];

  constructor(private readonly surroundings: Surroundings) {}

  /** The cause of a failed probe; its code is {@link unknownCause} where nothing explains it. */
  causeOf(probe: FailedProbe): Promise<Cause> {
    return withoutEvidence(async () => {
      const startedAt = performance.now();
      const parties = await partiesOf(probe, this.surroundings);
      const before = await this.look(parties);
      const recognised = climb(await sceneOf(parties, probe, before, this.surroundings));
      const same = this.known.find(({ code, summary }) => code === recognised?.code && summary === recognised.finding.summary);
      if (same) return same;
      const { value: again, ...seen } = await followed(probe, parties, before[1], this.surroundings);
      // one more probe that could not look tells nothing: then the first one counts
      const outcome = again.kind === 'probe-broken' ? probe.outcome : again;
      const [, second] = await this.look(parties);
      const scene = await sceneOf(parties, { origin: probe.origin, outcome }, [before[1], second], this.surroundings, seen);
      const cause = causeIn(scene, probe, this.surroundings, Math.round(performance.now() - startedAt));
      if (cause.code !== unknownCause) this.known.push(cause);
      return cause;
    });
  }

  /** Looks at the parties' namespaces. @returns the look before this one, as far as there was one, and this one */
  private async look(parties: Parameters<typeof lookAt>[0]): Promise<[Look, Look]> {
    const now = await lookAt(parties, this.surroundings);
    const earlier = (state: Look['host']) => state && this.lastLooks.get(state.place);
    const before = { host: earlier(now.host), source: earlier(now.source), target: earlier(now.target) };
    for (const state of [now.host, now.source, now.target]) if (state) this.lastLooks.set(state.place, state);
    return [before, now];
  }
}

/** Makes the probe once more, and follows its packets where that may be done. */
function followed(
  { from, origin, outcome }: FailedProbe,
  parties: Parties,
  now: Look,
  surroundings: Surroundings,
): Promise<{ value: Outcome } & Seen> {
  // where no port was to be had, one that is given would hide it
  if (outcome.kind !== 'reached' && /Cannot assign requested address/.test(outcome.detail))
    return probeAgain(from, origin).then((value) => ({ value, traces: new Map(), drops: undefined }));
  const sourcePorts = sourcePortsOf(Math.random());
  const { viaHostPort, targetAddress, targetPort, hostname } = parties;
  const behind = viaHostPort && targetAddress !== undefined ? { address: targetAddress, port: targetPort } : undefined;
  const nameServers = isName(hostname) ? (now.source?.nameServers ?? []) : [];
  const marked = { sourcePorts, behind, isIpv6: targetAddress?.includes(':') === true, nameServers };
  return watching(watchedIn(parties, now), marked, surroundings, () =>
    probeAgain(from, origin, mayWatch(surroundings.access) ? sourcePorts : undefined),
  );
}

function causeIn(scene: Scene, probe: FailedProbe, { access }: Surroundings, elapsed: number): Cause {
  if (scene.outcome.kind === 'reached' && probe.outcome.kind !== 'reached') {
    return causeFrom(
      unknownCause,
      {
        summary: 'one more probe, made for the diagnosis, got through: what broke does so no longer, or not always',
        remedy: 'Run the claim again, several times.',
        seen: everything(scene),
      },
      elapsed,
    );
  }
  const found = climb(scene);
  if (found) return causeFrom(found.code, found.finding, elapsed);
  return causeFrom(
    unknownCause,
    {
      summary: `nothing that ${scene.host ? 'was looked at' : "can be seen without the engine's host"} explains what ${scene.origin} gave: ${describeOutcome(scene.outcome)}${notLookedAt(scene)}`,
      remedy: scene.host
        ? 'Look through what was collected.'
        : access.kind === 'helper' && access.privileged === true
          ? "Run the suite on the engine's host: the helper container could not look there."
          : "Run the suite on the engine's host, or allow it to look there: --privileged-diagnosis",
      seen: everything(scene),
    },
    elapsed,
  );
}

/** What could not be looked at, and so may be the cause. */
function notLookedAt({ host, source, target }: Scene): string {
  const unread = [...new Set([source, host, target])].filter((state) => state !== undefined && state.rules === undefined);
  const places = unread.map((state) => state?.place).join(', ');
  return places === ''
    ? ''
    : `. The packet filter of ${places} could not be looked at (neither iptables-save nor nft showed anything), and may be why`;
}

/** The first rung that finds something. */
export function climb(scene: Scene): { code: string; finding: Finding } | undefined {
  for (const rung of ladder) {
    const finding = explains(rung, scene) ? rung.look(scene) : undefined;
    if (finding) return { code: rung.code, finding };
  }
  return undefined;
}

/** Behind a port of the host somebody has accepted the connection already: silence there looks like a reset here. */
function explains(rung: Rung, { outcome, viaHostPort }: Scene): boolean {
  const made = outcome.kind === 'timed-out' && /Operation timed out/.test(outcome.detail) && !viaHostPort;
  if (made && beforeConnections.has(rung)) return false;
  return rung.explains.includes(outcome.kind) || (viaHostPort && outcome.kind === 'reset' && rung.explains.includes('timed-out'));
}
