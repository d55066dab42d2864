import { record } from '../claim/evidence';
import { read, type VantagePoint } from '../vantage/vantage';
import { question, readAnswer, type DnsAnswer, type RecordType } from './message';

/** Seconds after which a question counts as not answered: more than the four that Docker gives one upstream server. */
const patience = 6;

/**
 * Asks the first name server of resolv.conf each of the questions in its arguments, one after the other, and prints a line
 * of hexadecimal digits for each answer. Over TCP, because nothing in the image can send a datagram and wait for one.
 */
const script = `
for tool in busybox nc sed timeout; do command -v $tool >/dev/null || { echo "no $tool" >&2; exit 127; }; done
server=$(sed -n 's/^nameserver //p' /etc/resolv.conf | head -n 1)
for question; do
  echo $question | busybox xxd -r -p | timeout ${patience} nc "$server" 53 | busybox xxd -p | tr -d '\\n'
  echo
done`;

/** One thing to ask: a name, and what to ask about it. */
export type Question = readonly [name: string, type: RecordType];

/**
 * What the name server that a container is told to use answers, in the order of the questions.
 * @throws ProbeBroken where the container has no tools to ask with
 */
export async function lookUpAll(from: VantagePoint, questions: readonly Question[]): Promise<DnsAnswer[]> {
  const startedAt = performance.now();
  const lines = (await read(from, ['sh', '-c', script, 'look-up', ...questions.map(([name, type]) => question(name, type))])).split('\n');
  const answers = questions.map((_, index) => readAnswer(lines[index] ?? ''));
  answers.forEach((answer, index) => {
    record({ kind: 'note', where: from.name, what: `the answer to ${questions[index]?.join(' ') ?? ''}`, answer: inWords(answer) }, startedAt);
  });
  return answers;
}

/** As {@link lookUpAll}, for one question. */
export async function lookUp(from: VantagePoint, name: string, type: RecordType = 'A'): Promise<DnsAnswer> {
  const [answer = { code: 'none', records: [] }] = await lookUpAll(from, [[name, type]]);
  return answer;
}

function inWords({ code, records }: DnsAnswer): string {
  return [code, ...records.map(({ name, type, ttl, data }) => `${name} ${ttl} ${type} ${data}`)].join('\n');
}
