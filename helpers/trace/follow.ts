/* eslint-disable @typescript-eslint/no-require-imports -- the diagnosis is loaded where it is asked, which a way that works does not */
import { unknownCause } from '../results/cause-code';
import { holderOf, type Facts } from './facts';
import { gather } from './gather';
import { hopsOf, whoseInWords } from './hops';
import type { Member } from './inventory';
import { Places, type Entered } from './places';
import { reasonIn } from './reasons';
import type { TraceCause, TraceResults } from './results';
import { isReached, type Attempt } from './talk';
import type { Tracing } from './tracing';
import { hasIpv6 } from './view';

/** What a trace found, without what the command itself knows. */
export type Followed = Pick<TraceResults, 'reached' | 'summary' | 'hops' | 'attempts' | 'notes'> & { cause?: TraceCause };

/** Follows a packet from a place to another, and says what was seen at each hop, and what broke. */
export async function follow(tracing: Tracing, entered?: Entered): Promise<Followed> {
  const { source } = tracing;
  if (source && !['running', 'paused'].includes(source.status)) return notRunning(source);
  const places = new Places(tracing, entered);
  const { facts, met, from, host } = await gather(tracing, places);
  const reason = reasonIn(facts);
  const reached = facts.attempts.length > 0 && facts.unvisited.length === 0 && countingAttempts(facts).every(isReached);
  const deeper = () =>
    (require('./deeper') as typeof import('./deeper')).deeperCause({ facts, from, host, tracing, inside: (id) => places.known(id) });
  const cause =
    reason?.isLikely === true && facts.host ? firstKnown(await deeper(), reason) : (reason ?? (reached ? undefined : await deeper()));
  return {
    reached: cause === undefined,
    summary: cause?.summary ?? reachedInWords(facts),
    hops: hopsOf(facts, met, cause?.layer),
    attempts: facts.attempts.map((it) => ({ ...it, whose: whoseInWords(holderOf(it.address, facts), facts) })),
    ...(cause && { cause: causeOnly(cause) }),
    notes: notesOn(facts),
  };
}

const causeOnly = ({ code, layer, summary, remedy, seen }: TraceCause): TraceCause => ({ code, layer, summary, remedy, seen });

/** Where the host can be looked at, what was seen there goes before what was only felt from inside. */
function firstKnown(deeper: TraceCause, reason: TraceCause): TraceCause {
  return deeper.code === unknownCause ? reason : deeper;
}

function notRunning({ name, status }: Member): Followed {
  const summary = `${name}, from which is asked, does not run: it is ${status}, and has no network to ask from`;
  return {
    reached: false,
    summary,
    hops: [{ layer: 'source', where: name, state: 'broken', seen: [status] }],
    attempts: [],
    cause: {
      code: 'source.not-running',
      layer: 'source',
      summary,
      remedy: `docker start ${name}  # docker logs ${name} shows why it ended`,
      seen: [{ where: 'engine', what: `state of ${name}`, answer: status }],
    },
    notes: [],
  };
}

/** Those attempts that a client would come to: an address of a family that the place does not have is not among them. */
function countingAttempts({ attempts, sourceView }: Facts): Attempt[] {
  const both = attempts.some(({ address }) => !address.includes(':'));
  return both && sourceView && !hasIpv6(sourceView) ? attempts.filter(({ address }) => !address.includes(':')) : attempts;
}

function reachedInWords(facts: Facts): string {
  const { from } = facts;
  const attempts = facts.attempts.filter(isReached);
  const [first] = attempts;
  const who = first ? holderOf(first.address, facts) : undefined;
  const name = who?.kind === 'container' ? who.member.name : who?.kind === 'host' ? "the engine's host" : (first?.address ?? '');
  const more = attempts.length > 1 ? `, at each of ${attempts.length} addresses` : '';
  return `${from} reaches ${name}${more}: ${first?.says ?? ''}`;
}

function notesOn({ attempts, throughProxy, target }: Facts): string[] {
  const page = attempts.find(({ status = 0 }) => status >= 400 && status < 500);
  return [
    ...(page && target.url !== undefined
      ? [`the answer has the status ${page.status ?? 0}: the network is not what keeps the page back`]
      : []),
    ...(throughProxy
      ? [`programs that follow ${throughProxy.variable} go through the proxy ${throughProxy.proxy}: ${throughProxy.attempt.says}`]
      : []),
    ...attempts.flatMap(({ ending, address }) =>
      ending === 'accepted'
        ? [`nothing is known of the protocol at ${address}: that the connection is accepted is all that could be asked`]
        : [],
    ),
  ];
}
