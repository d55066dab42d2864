import type { Outcome } from '../claim/outcome';
import { bracketed } from '../engine/endpoint';
import { Diagnosis } from '../diagnosis/diagnose';
import { unknownCause } from '../results/cause-code';
import type { VantagePoint } from '../world/vantage-point';
import { holderOf, type Facts } from './facts';
import type { Layer } from './reason';
import type { TraceCause } from './results';
import { isReached, type Attempt } from './talk';
import type { Tracing } from './tracing';

/** What the diagnosis is asked with. */
interface Asking {
  facts: Facts;
  from: VantagePoint;
  host: VantagePoint;
  tracing: Tracing;
  inside: (containerId: string) => VantagePoint | undefined;
}

/** Of what comes before the first dot of a cause's code, which part of the way it is about. */
const layerOf: Record<string, Layer> = {
  name: 'name',
  source: 'source',
  address: 'address',
  network: 'route',
  bridge: 'link',
  neighbour: 'link',
  path: 'link',
  host: 'rules',
  port: 'port',
  target: 'listener',
  engine: 'source',
};

/** The first broken layer, as the diagnosis of claims finds it: it follows one more probe, hop by hop. */
export async function deeperCause({ facts, from, host, tracing, inside }: Asking): Promise<TraceCause> {
  const { docker, kind, inventory } = tracing;
  const access = await tracing.access;
  const failed = facts.attempts.find((it) => !isReached(it)) ?? facts.attempts.find((it) => isOf(it, facts));
  const { target, source } = facts;
  const hostname = failed?.address ?? target.host;
  const holder = failed && holderOf(failed.address, facts);
  const diagnosis = new Diagnosis({
    docker,
    kind,
    access,
    host,
    inside,
    nameOf: (id) => inventory.members.find((it) => it.id === id)?.name,
  });
  const place: VantagePoint & { id?: string } = source
    ? { ...from, exec: (argv, telling) => from.exec(argv, telling), id: source.id }
    : host;
  const { code, summary, remedy, evidence } = await diagnosis.causeOf({
    from: place,
    origin: `http://${bracketed(hostname)}:${target.port}`,
    outcome: failed ? outcomeOf(failed) : { kind: 'name-unknown', detail: 'the name led to no address' },
    expectedId: holder?.kind === 'container' ? holder.member.id : undefined,
  });
  // what a place does not tell of itself is no proof
  const seen = evidence.filter(({ answer }) => answer !== 'nothing').map(({ where, what, answer }) => ({ where, what, answer }));
  const layer = layerOf[code.split('.')[0] ?? ''] ?? (failed ? 'answer' : 'name');
  const firewall = code === unknownCause ? undefined : programOf(summary);
  return { code, layer, summary: firewall ? `${firewall.program}: ${summary}` : summary, remedy: firewall?.remedy(target) ?? remedy, seen };
}

/** Whether an answer came from an address whose container was not asked. */
function isOf({ address }: Attempt, facts: Facts): boolean {
  const holder = holderOf(address, facts);
  return holder.kind === 'container' && facts.unvisited.includes(holder.member);
}

/** What a claim would call the outcome. */
function outcomeOf({ ending, says, address }: Attempt): Outcome {
  switch (ending) {
    case 'refused':
    case 'timed-out':
    case 'unreachable':
      return { kind: ending, detail: says };
    case 'silent':
      return { kind: 'timed-out', detail: `Operation timed out: ${says}` };
    case 'closed':
      return { kind: 'reset', detail: says };
    case 'answered':
    case 'accepted':
      return { kind: 'reached', status: 0, by: undefined, body: '', remoteAddress: address };
    default:
      return { kind: 'probe-broken', detail: says };
  }
}

/** Firewalls that are managed by a program, where a rule that was taken away by hand comes back. */
const programs: readonly { rule: RegExp; program: string; remedy: (target: Facts['target']) => string }[] = [
  {
    rule: /\/ufw6?-|\bufw-/,
    program: 'ufw',
    remedy: ({ port, transport }) =>
      `ufw allow in from 172.16.0.0/12 to any port ${port} proto ${transport}  # or the subnet of the container's network alone; it is your decision`,
  },
  {
    rule: /\binet firewalld\//,
    program: 'firewalld',
    remedy: ({ port, transport }) =>
      `firewall-cmd --permanent --zone=docker --add-port=${port}/${transport} && firewall-cmd --reload  # it is your decision`,
  },
];

function programOf(summary: string): (typeof programs)[number] | undefined {
  return programs.find(({ rule }) => rule.test(summary));
}
