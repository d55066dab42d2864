import { read, type VantagePoint } from '../vantage/vantage';
import { numberOf, typeNumbered, type ResponseCode } from './message';

/**
 * Answers one question on its standard input: with ADDRESS, or with the code that CODES has for the first label of the
 * name (`label=number`). It writes down what it was asked.
 */
const answering = `
read_hex() { dd bs=1 count="$1" 2>/dev/null | busybox xxd -p | tr -d '\\n'; }
size=$(read_hex 2)
query=$(read_hex $((0x$size)))
rest=\${query#????????????????????????}
question=
name=
while
  length=\${rest%"\${rest#??}"}
  rest=\${rest#??}
  question=$question$length
  [ "$length" != 00 ]
do
  label=$(printf "%.$((0x$length * 2))s" "$rest")
  rest=\${rest#"$label"}
  question=$question$label
  name=$name\${name:+.}$(echo "$label" | busybox xxd -r -p)
done
question=$question$(printf %.8s "$rest")
echo "$name $((0x$(printf %.4s "$rest")))" >>/tmp/asked
code=0
for pair in $CODES; do [ "\${pair%=*}" != "\${name%%.*}" ] || code=\${pair#*=}; done
head=$(printf %.4s "$query")818$code
if [ $code = 0 ]; then
  message=\${head}0001000100000000\${question}c00c000100010000001e0004$(printf %02x $(echo "$ADDRESS" | tr . ' '))
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
    Env: [`ANSWERING=${answering}`, `ADDRESS=${address}`, `CODES=${pairs.join(' ')}`],
  };
}

/**
 * What a {@link nameServer} was asked, in order, each as name and type, e.g. `web.example A`.
 * @throws ProbeBroken where it is none
 */
export async function askedFor(server: VantagePoint): Promise<string[]> {
  const lines = (await read(server, ['cat', '/tmp/asked'])).split('\n').filter((line) => line !== '');
  return lines.map((line) => line.replace(/\d+$/, (number) => String(typeNumbered(Number(number)))));
}
