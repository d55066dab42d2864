import { emulationFactor } from '../base/pace';
import { probed, type Outcome } from '../claim/outcome';
import type { CommandResult, VantagePoint } from '../world/vantage-point';

/** Path, below the document root, of the file that holds a container's identity token. */
export const identityPath = '/conformance-identity';

/** How long a probe waits for a connection, and for a whole answer, in seconds; longer where the engine is emulated. Part of what `timed-out` means. */
export const connectTimeoutSeconds = 2;
const answerTimeoutSeconds = 5;

const separator = '\n--conformance-transfer--';
const writeOut = `${separator} %{http_code} %{remote_ip}\n`;

/**
 * The curl command that fetches a page and the identity of whoever served it, over one connection where the server
 * keeps it open. `--verbose` is needed because recent curl hides the operating system's word for a failed connect.
 */
export function curlCommand(origin: string): string[] {
  return [
    'curl',
    '--silent',
    '--verbose',
    '--noproxy',
    '*',
    '--connect-timeout',
    `${connectTimeoutSeconds * emulationFactor()}`,
    '--max-time',
    `${answerTimeoutSeconds * emulationFactor()}`,
    '--fail-early',
    '--write-out',
    writeOut,
    `${origin}/`,
    `${origin}${identityPath}`,
  ];
}

/** What the two transfers of {@link curlCommand} mean. Exit codes as in curl(1); texts are those of strerror(3), locale C. */
export function readCurl({ exitCode, stdout, stderr }: CommandResult): Outcome {
  const detail = stderr
    .split('\n')
    .filter((line) => line.startsWith('*') || line.startsWith('curl:'))
    .map((line) => line.replace(/^\* */, '').trim())
    .filter((line) => /fail|refused|unreach|route|timed|reset|empty|resolve|not found|closed with|end of response/i.test(line))
    .join('; ');
  switch (exitCode) {
    case 0:
      return readTransfers(stdout);
    case 6:
      return { kind: 'name-unknown', detail };
    case 7:
      if (/Connection refused/.test(stderr)) return { kind: 'refused', detail };
      // what an ICMP message makes of a connect that a protocol is unreachable, a lack of local ports, and a route that discards or forbids
      if (
        /No route to host|unreachable|Protocol not available|Cannot assign requested address|connect.* fail.*(Invalid argument|Permission denied)/.test(
          stderr,
        )
      )
        return { kind: 'unreachable', detail };
      if (/timed out/i.test(stderr)) return { kind: 'timed-out', detail };
      return { kind: 'probe-broken', detail: `curl could not connect and did not say why: ${stderr.trim()}` };
    case 1:
      // somebody answered, and not in HTTP
      if (/Received HTTP\/0\.9/.test(stderr)) return { kind: 'reached', status: 0, by: undefined, body: '', remoteAddress: '' };
      return { kind: 'probe-broken', detail: `curl ended with status 1: ${stderr.trim()}` };
    case 28:
      if (/Resolving timed out/.test(stderr)) return { kind: 'name-unknown', detail };
      return { kind: 'timed-out', detail };
    // the server ended the connection before the answer was whole
    case 18:
    case 52:
    case 56:
      return { kind: 'reset', detail };
    default:
      // an engine that cannot start curl says so on the standard output
      return { kind: 'probe-broken', detail: `curl ended with status ${exitCode}: ${stderr.trim() || stdout.trim() || 'no message'}` };
  }
}

function readTransfers(stdout: string): Outcome {
  const [body = '', page, identity] = stdout.split(separator);
  const head = /^ (\d{3}) (\S*)\n/.exec(page ?? '');
  const token = /^ (\d{3})/.exec(identity ?? '');
  if (!head?.[1] || !token) return { kind: 'probe-broken', detail: `curl printed something unexpected: ${stdout.slice(0, 200)}` };
  return {
    kind: 'reached',
    status: Number(head[1]),
    by: token[1] === '200' ? (page ?? '').slice(head[0].length).trim() : undefined,
    body,
    remoteAddress: head[2] ?? '',
  };
}

/** Fetches `origin` (`http://address:port`, no path) as seen from a vantage point. */
export async function fetchFrom(from: VantagePoint, origin: string): Promise<Outcome> {
  const outcome = readCurl(await from.exec(curlCommand(origin)));
  return probed(outcome, { from, origin });
}
