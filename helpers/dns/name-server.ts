import ipaddr from 'ipaddr.js';
import { read, type VantagePoint } from '../vantage/vantage';
import { numberOf, typeNumbered, type ResponseCode } from './message';

/**
 * Answers one question on its standard input: with ADDRESS, or with the code that CODES has for the first label of the
 * name (`label=number`). It writes down what it was asked. Programs are few in it, since each costs milliseconds.
 */
const answering = `
got=
wanted=4
while [ \${#got} -lt $wanted ]; do
  more=$(dd bs=512 count=1 2>/dev/null | busybox xxd -p -c 256)
  [ -n "$more" ] || exit 1
  got=$got$more
  [ \${#got} -lt 4 ] || wanted=$((0x\${got:0:4} * 2 + 4))
done
query=\${got:4}
at=24
name=
while length=$((0x\${query:$at:2} * 2)); [ $length -gt 0 ]; do
  name=$name\${name:+2e}\${query:$((at + 2)):$length}
  at=$((at + 2 + length))
done
name=$(echo "$name" | busybox xxd -r -p)
question=\${query:24:$((at - 14))}
echo "$name $((0x\${query:$((at + 2)):4}))" >>/tmp/asked
code=0
for pair in $CODES; do [ "\${pair%=*}" != "\${name%%.*}" ] || code=\${pair#*=}; done
head=\${query:0:4}818$code
if [ $code = 0 ]; then
  message=\${head}0001000100000000\${question}c00c000100010000001e0004$ADDRESS
else
  message=\${head}0001000000000000$question
fi
printf %04x%s $((\${#message} / 2)) "$message" | busybox xxd -r -p
`;

/**
 * The parts of a container's body that make it a name server, on TCP port 53 of all its addresses. It is busy for some
 * milliseconds before it listens.
 *
 * @param address the IPv4 address that it answers every question with, whatever it is asked for
 * @param codes what it says instead of names that begin with these labels
 */
export function nameServer(address: string, codes: Readonly<Record<string, ResponseCode>> = {}): { Cmd: readonly string[]; Env: readonly string[] } {
  const pairs = Object.entries(codes).map(([label, code]) => `${label}=${numberOf(code)}`);
  return {
    Cmd: ['sh', '-c', 'echo "$ANSWERING" >/tmp/answering; : >/tmp/asked; exec nc -ll -p 53 -e sh /tmp/answering'],
    Env: [`ANSWERING=${answering}`, `ADDRESS=${Buffer.from(ipaddr.parse(address).toByteArray()).toString('hex')}`, `CODES=${pairs.join(' ')}`],
  };
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
