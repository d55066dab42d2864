import type { VantagePoint } from '../world/vantage-point';

/**
 * What a probe saw. Every way of not getting through has its own name, because the wrong kind of failure is a failure:
 * a listener that refuses is not a firewall that drops.
 */
export type Outcome =
  /** an HTTP answer came back, or with the status 0 one that is no HTTP; `by` is the identity token of the container that answered, if it has one */
  | { kind: 'reached'; status: number; by: string | undefined; body: string; remoteAddress: string }
  /** a TCP reset answered the connection attempt: nothing listens there */
  | { kind: 'refused'; detail: string }
  /** no answer at all within the time allowed: packets are dropped on the way */
  | { kind: 'timed-out'; detail: string }
  /** no route, or an ICMP error said so */
  | { kind: 'unreachable'; detail: string }
  /** the connection was accepted and then closed or reset without an answer */
  | { kind: 'reset'; detail: string }
  /** the name in the address did not resolve */
  | { kind: 'name-unknown'; detail: string }
  /** the probe itself did not work (its tool is missing, or failed in a way that says nothing about the network) */
  | { kind: 'probe-broken'; detail: string };

/** An outcome that an assertion was about. */
export interface JudgedOutcome {
  outcome: Outcome;
  /** the container that had to answer */
  by?: { id: string; token: string };
}

export type OutcomeKind = Outcome['kind'];

/** One line for people: `reached (200 from 172.17.0.3, answered by 4f1c…)`, `refused: …`. */
export function describeOutcome(outcome: Outcome): string {
  if (outcome.kind !== 'reached') return `${outcome.kind}: ${outcome.detail}`;
  return `reached (${outcome.status} from ${outcome.remoteAddress}, answered by ${outcome.by ?? 'a server without identity'})`;
}

/** From where to where a probe went; the origin is `http://address:port`. */
export interface Probe {
  from: VantagePoint;
  origin: string;
}

const probes = new WeakMap<Outcome, Probe>();

/** Keeps with an outcome by which probe it was seen. @returns the outcome */
export function probed(outcome: Outcome, probe: Probe): Outcome {
  probes.set(outcome, probe);
  return outcome;
}

/** The probe that gave an outcome; undefined where none did, such as one made up by a test. */
export function probeOf(outcome: Outcome): Probe | undefined {
  return probes.get(outcome);
}
