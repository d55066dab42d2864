import ipaddr from 'ipaddr.js';
import { read, type VantagePoint } from '../world/vantage-point';
import { numberOf, typeNumbered, type ResponseCode } from './message';

/** How many addresses a name has that begins with the label `long`: more than 512 bytes can carry, the limit of UDP without EDNS. */
export const addressesOfLongNames = 40;

/**
 * Answers one question on its standard input, over the transport that is its argument: with ADDRESS, or with the two digits
 * that CODES has for the name or its first label (`label=digits`; a name ends in a dot, and `*` stands for all that are left).
 * The first digit is 5 where the answer is authoritative, and 1 elsewhere; the second is the code. It writes down what it
 * was asked. Questions are shorter than 256 bytes. Programs are few in it, since each costs milliseconds.
 */
const answering = `
if [ $1 = UDP ]; then
  query=$(busybox xxd -p -c 256)
  [ -n "$query" ] || exit 0
else
  got=
  wanted=4
  while [ \${#got} -lt $wanted ]; do
    more=$(dd bs=512 count=1 2>/dev/null | busybox xxd -p -c 256)
    [ -n "$more" ] || exit 1
    got=$got$more
    [ \${#got} -lt 4 ] || wanted=$((0x\${got:0:4} * 2 + 4))
  done
  query=\${got:4}
fi
at=24
name=
while length=$((0x\${query:$at:2} * 2)); [ $length -gt 0 ]; do
  name=$name\${name:+2e}\${query:$((at + 2)):$length}
  at=$((at + 2 + length))
done
name=$(echo "$name" | busybox xxd -r -p)
question=\${query:24:$((at - 14))}
after=$((at + 10))
room=512
# a record behind the question is that of EDNS: an empty name, its type, and the size that is welcome
[ $1 = UDP ] || room=65535
[ \${query:20:4} = 0000 ] || [ $1 = TCP ] || room=$((0x\${query:$((after + 6)):4}))
echo "$name $((0x\${query:$((at + 2)):4}))" >>/tmp/asked
code=10
for pair in $CODES; do
  case \${pair%=*} in "\${name%%.*}" | "$name." | '*') code=\${pair#*=}; break ;; esac
done
head=\${query:0:4}8\${code%?}
answer=c00c000100010000001e0004$ADDRESS
count=1
[ "\${name%%.*}" != long ] || count=${addressesOfLongNames}
if [ \${code#?} != 0 ]; then
  message=\${head}8\${code#?}0001000000000000$question
elif [ $((12 + \${#question} / 2 + count * 16)) -gt $room ]; then
  message=$(printf %s8%x "\${query:0:4}" $((0x\${code%?} + 2)))800001000000000000$question
else
  message=\${head}800001$(printf %04x $count)00000000$question
  while [ $count -gt 0 ]; do message=$message$answer; count=$((count - 1)); done
fi
if [ $1 = UDP ]; then echo "$message"; else printf %04x%s $((\${#message} / 2)) "$message"; fi | busybox xxd -r -p
`;

/** What a name server says instead of an address; the answer of one that is authoritative for the name says so. */
export type Saying = ResponseCode | 'authoritative NXDOMAIN';

/**
 * The parts of a container's body that make it a name server, on UDP and TCP port 53 of all its IPv4 addresses. It is busy
 * for some milliseconds before it listens, on TCP last.
 *
 * @param address the IPv4 address that it answers every question with, whatever it is asked for
 * @param sayings what it says instead of names that begin with these labels, or of a whole name, which ends in a dot; `*`
 *   stands for every other name
 */
export function nameServer(
  address: string,
  sayings: Readonly<Record<string, Saying>> = {},
): { Cmd: readonly string[]; Env: readonly string[] } {
  const pairs = Object.entries(sayings).map(([label, saying]) => `${label}=${digitsOf(saying)}`);
  // it waits for an answer as long as anybody who asks; an empty datagram is the end of a question, and of nothing else
  const udp = "socat -t 10 UDP-RECVFROM:53,fork,null-eof EXEC:'sh /tmp/answering UDP'";
  const udpIsThere = "until grep -q ':0035 ' /proc/net/udp; do busybox usleep 5000; done";
  return {
    Cmd: [
      'sh',
      '-c',
      `echo "$ANSWERING" >/tmp/answering; : >/tmp/asked; ${udp} & ${udpIsThere}; exec nc -ll -p 53 -e sh /tmp/answering TCP`,
    ],
    Env: [
      `ANSWERING=${answering}`,
      `ADDRESS=${Buffer.from(ipaddr.parse(address).toByteArray()).toString('hex')}`,
      `CODES=${pairs.join(' ')}`,
    ],
  };
}

function digitsOf(saying: Saying): string {
  return saying === 'authoritative NXDOMAIN' ? `5${numberOf('NXDOMAIN')}` : `1${numberOf(saying)}`;
}

/**
 * The part of a container's `HostConfig` by which its questions go to nobody outside: what it knows, it knows from the
 * engine. Its only name server is its own loopback, where nobody listens. Without it the host's name servers would have a
 * say in whether a name is known, and some of them never answer, or have an address for every name.
 */
export const asksNobodyElse = { Dns: ['127.0.0.1'] };

/**
 * What a {@link nameServer} was asked, in order, each as name and type, e.g. `web.example A`.
 * @throws ProbeBroken where it is none
 */
export async function askedFor(server: VantagePoint): Promise<string[]> {
  const lines = (await read(server, ['cat', '/tmp/asked'])).split('\n').filter((line) => line !== '');
  return lines.map((line) => line.replace(/\d+$/, (number) => String(typeNumbered(Number(number)))));
}
