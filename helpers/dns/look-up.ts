import { record } from '../world/evidence';
import { read, type VantagePoint } from '../world/vantage-point';
import { framed, question, readAnswer, type DnsAnswer, type Edns, type RecordType } from './message';

/** Seconds after which a question counts as not answered: more than the four that Docker gives one upstream server. */
const timeLimit = 6;

/** How a question goes to a name server. */
export type Transport = 'UDP' | 'TCP';

/**
 * Asks a name server, its first argument, or where that is empty the first one of resolv.conf: each two of the other
 * arguments are a transport and a question in hexadecimal digits. It prints a line of them for each answer, which is empty where none came, or where the name server could not be reached.
 * What socat does not say of a name server is a broken tool, and ends it.
 */
const script = `
for tool in busybox socat sed timeout dd; do command -v $tool >/dev/null || { echo "no $tool" >&2; exit 127; }; done
server=\${1:-$(sed -n 's/^nameserver //p' /etc/resolv.conf | head -n 1)}
shift
[ -n "$server" ] || { echo 'resolv.conf names no server' >&2; exit 1; }
# told the family, socat takes an address of one that the container has nowhere but on its loopback
family=4
case $server in *:*) server="[$server]" family=6 ;; esac
folder=$(mktemp -d) && cd "$folder" || exit 1
while [ $# -gt 0 ]; do
  echo $2 | busybox xxd -r -p >question
  : >answer
  # one datagram out and one back, and no empty one to say that there is no more; a stream goes on until the name server ends it
  case $1 in
    UDP) timeout ${timeLimit} socat -b 65536 -t 0.01 "UDP$family:$server:53,shut-none" 'SYSTEM:cat question; dd bs=65536 count=1 2>/dev/null >answer' 2>words ;;
    TCP) timeout ${timeLimit} socat -t ${timeLimit} - "TCP$family:$server:53" <question >answer 2>words ;;
  esac
  ended=$?
  # 143: busybox ends what takes too long, and hands on how it ended
  if [ $ended != 0 ] && [ $ended != 124 ] && [ $ended != 143 ] && ! grep -Eq 'refused|nreachable|No route|reset|timed out' words; then cat words >&2; exit 1; fi
  busybox xxd -p answer | tr -d '\\n'
  echo
  shift 2
done
cd / && rm -r "$folder"`;

/** One thing to ask: a name, and what to ask about it. */
export type Question = readonly [name: string, type: RecordType];

/** How it is asked. */
export interface Asking {
  /** over UDP without this, as every resolver does first */
  over?: Transport;
  /** what the question says of EDNS; without this, nothing */
  edns?: Edns;
  /** another name server than the one that the container is told to use */
  server?: string;
}

/**
 * What the name server that a container is told to use, or another one, answers, in the order of the questions.
 * @throws ProbeBroken where the container has no tools to ask with, or nobody to ask
 */
export async function lookUpAll(
  from: VantagePoint,
  questions: readonly Question[],
  { over = 'UDP', edns, server = '' }: Asking = {},
): Promise<DnsAnswer[]> {
  const startedAt = performance.now();
  const messages = questions
    .map(([name, type]) => question(name, type, edns))
    .map((message) => (over === 'TCP' ? framed(message) : message));
  const lines = (await read(from, ['sh', '-c', script, 'look-up', server, ...messages.flatMap((message) => [over, message])])).split('\n');
  const answers = questions.map((_, index) => readAnswer((lines[index] ?? '').slice(over === 'TCP' ? lengthDigits : 0)));
  answers.forEach((answer, index) => {
    record(
      { kind: 'note', where: from.name, what: `the answer to ${questions[index]?.join(' ') ?? ''} over ${over}`, answer: inWords(answer) },
      startedAt,
    );
  });
  return answers;
}

/** Digits of the length that goes before a message over TCP. */
const lengthDigits = 4;

/** As {@link lookUpAll}, for one question. */
export async function lookUp(from: VantagePoint, name: string, type: RecordType = 'A', asking: Asking = {}): Promise<DnsAnswer> {
  const [answer = { code: 'none', records: [] }] = await lookUpAll(from, [[name, type]], asking);
  return answer;
}

function inWords({ code, truncated, records }: DnsAnswer): string {
  return [`${code}${truncated ? ', truncated' : ''}`, ...records.map(({ name, type, ttl, data }) => `${name} ${ttl} ${type} ${data}`)].join(
    '\n',
  );
}
