import { expect } from '@jest/globals';
import ipaddr from 'ipaddr.js';
import type { Container } from '../containers/container';
import type { Attempt } from '../make/maker';
import { describeOutcome, type JudgedOutcome, type Outcome, type OutcomeKind } from '../claim/outcome';
import { ProbeBroken } from '../world/vantage-point';

declare module 'expect' {
  interface Matchers<R> {
    /** The probe got an answer, and from this very container: its token came back, not merely some page. */
    toBeReached(expected: { by: Container }): R;
    /** The probe ended in exactly this way, or in one of several; the wrong kind of failure is a failure. */
    toBeOutcome(...kinds: [OutcomeKind, ...OutcomeKind[]]): R;
    /** The engine refused to create or to start the container, which does not run, and is there if, and only if, its creation was granted. */
    toBeRefused(): R;
    /** The page is nginx's welcome page: every line of it that the document shows, in a page that was fetched to its end. */
    toShowWelcomePage(): R;
    /** The whole string is this many lower-case hexadecimal digits. */
    toBeHexDigits(count: number): R;
    /** An IPv4 or IPv6 address that lies in a subnet in CIDR notation. */
    toBeInSubnet(cidr: string): R;
  }
}

/** Lines that the document shows of the page; its style sheet differs between releases of nginx. */
const welcomeLines = [
  '<!DOCTYPE html>',
  '<html>',
  '<head>',
  '<title>Welcome to nginx!</title>',
  '</head>',
  '<body>',
  '<h1>Welcome to nginx!</h1>',
  '<p><em>Thank you for using nginx.</em></p>',
  '</body>',
  '</html>',
];

/** A probe that could not look says nothing about the network, neither for a claim nor against it. */
function mustHaveLooked(outcome: Outcome): void {
  if (outcome.kind === 'probe-broken') throw new ProbeBroken(outcome.detail);
}

/** What the thrown error carries to whoever looks for the cause (`helpers/diagnosis`). */
function judged(outcome: Outcome, by?: Container): { judged: JudgedOutcome } {
  return { judged: { outcome, ...(by && { by: { id: by.id, token: by.token } }) } };
}

expect.extend({
  toBeReached(received: Outcome, { by }: { by: Container }) {
    mustHaveLooked(received);
    return {
      pass: received.kind === 'reached' && received.status === 200 && received.by === by.token,
      ...judged(received, by),
      message: () => `expected: reached, answered by ${by.name} (${by.token})\nactual:   ${describeOutcome(received)}`,
    };
  },
  toBeOutcome(received: Outcome, ...kinds: OutcomeKind[]) {
    mustHaveLooked(received);
    return {
      pass: kinds.includes(received.kind),
      ...judged(received),
      message: () => `expected: ${kinds.join(' or ')}\nactual:   ${describeOutcome(received)}`,
    };
  },
  toBeRefused({ status, runs, created, isThere }: Attempt) {
    return {
      pass: status >= 400 && runs === false && created === isThere,
      message: () =>
        `expected: a refusal, and a container that does not run, if there is any\nactual:   status ${status}; running: ${runs ?? 'it does not say'}; its creation was ${created ? 'granted' : 'refused'}, and it is ${isThere ? '' : 'not '}there`,
    };
  },
  toShowWelcomePage(received: Outcome) {
    mustHaveLooked(received);
    const body = received.kind === 'reached' ? received.body : '';
    const missing = welcomeLines.filter((line) => !body.split('\n').includes(line));
    return {
      pass: received.kind === 'reached' && missing.length === 0,
      ...judged(received),
      message: () => `expected: nginx's welcome page\nactual:   ${describeOutcome(received)}\nmissing:  ${missing.join('\n          ')}`,
    };
  },
  toBeHexDigits(received: unknown, count: number) {
    return {
      pass: typeof received === 'string' && new RegExp(`^[0-9a-f]{${count}}$`).test(received),
      message: () => `expected: ${count} hexadecimal digits\nactual:   ${JSON.stringify(received)}`,
    };
  },
  toBeInSubnet(received: unknown, cidr: string) {
    return {
      pass: typeof received === 'string' && ipaddr.isValid(received) && inSubnet(ipaddr.parse(received), ipaddr.parseCIDR(cidr)),
      message: () => `expected: an address of ${cidr}\nactual:   ${JSON.stringify(received)}`,
    };
  },
});

function inSubnet(address: ipaddr.IPv4 | ipaddr.IPv6, subnet: ReturnType<typeof ipaddr.parseCIDR>): boolean {
  return address.kind() === subnet[0].kind() && address.match(subnet);
}
