import { describe, expect, it } from '@jest/globals';
import './matchers';
import { Container } from '../containers/container';
import { openClient } from '../engine/client';
import type { Outcome, OutcomeKind } from '../claim/outcome';
import { ProbeBroken } from '../world/vantage-point';

const nginx = new Container('nginx01', 'a'.repeat(64), 'happy_name', '4f1c', [80], openClient(), { kind: 'here', samePids: true });

const welcomePage = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
body { width: 35em; margin: 0 auto; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, nginx is successfully installed and working.</p>
<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

const page: Outcome & { kind: 'reached' } = { kind: 'reached', status: 200, by: '4f1c', body: welcomePage, remoteAddress: '172.17.0.2' };
const failures: Outcome[] = (['refused', 'timed-out', 'unreachable', 'reset', 'name-unknown'] satisfies OutcomeKind[]).map((kind) => ({
  kind,
  detail: `it was ${kind}`,
}));
const broken: Outcome = { kind: 'probe-broken', detail: 'curl ended with status 127' };

describe('toBeReached', () => {
  it('must hold for an answer of this very container', () => {
    expect(page).toBeReached({ by: nginx });
  });

  it.each([
    ['another container', { ...page, by: '77aa' }],
    ['a server without an identity, whatever page it shows', { ...page, by: undefined }],
    ['the right container with an error', { ...page, status: 503 }],
    ...failures.map((outcome): [string, Outcome] => [outcome.kind, outcome]),
  ])('must not hold for %s', (_, outcome) => {
    expect(outcome).not.toBeReached({ by: nginx });
    expect(() => expect(outcome).toBeReached({ by: nginx })).toThrow(/expected: reached, answered by nginx01 \(4f1c\)\nactual: {3}/);
  });
});

describe('toBeOutcome', () => {
  it('must hold for this way of ending, and for no other', () => {
    for (const outcome of [page, ...failures]) {
      for (const { kind } of [page, ...failures]) {
        if (kind === outcome.kind) expect(outcome).toBeOutcome(kind);
        else expect(() => expect(outcome).toBeOutcome(kind)).toThrow(`expected: ${kind}\nactual:   ${outcome.kind}`);
      }
    }
  });

  it('must hold for each of several ways of ending, and say all of them where it was another', () => {
    const [one = page, other = page, ...rest] = failures;
    for (const outcome of [one, other]) expect(outcome).toBeOutcome(one.kind, other.kind);
    for (const outcome of [page, ...rest])
      expect(() => expect(outcome).toBeOutcome(one.kind, other.kind)).toThrow(
        `expected: ${one.kind} or ${other.kind}\nactual:   ${outcome.kind}`,
      );
  });
});

describe('toShowWelcomePage', () => {
  it('must hold for the page, whoever serves it and whatever its style', () => {
    expect(page).toShowWelcomePage();
    expect({ ...page, by: undefined, body: welcomePage.replace('35em', '20em') }).toShowWelcomePage();
  });

  it.each([
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
  ])('must not hold without %s, and say so', (line) => {
    const without = { ...page, body: welcomePage.replace(line, '') };
    expect(without).not.toShowWelcomePage();
    expect(() => expect(without).toShowWelcomePage()).toThrow(`missing:  ${line}`);
  });

  it('must not hold for a title within another line, an empty page, or none', () => {
    expect({ ...page, body: `<!-- ${welcomePage.replaceAll('\n', ' ')} -->` }).not.toShowWelcomePage();
    expect({ ...page, body: '' }).not.toShowWelcomePage();
    expect(() => expect({ ...page, body: welcomePage.replace('<head>', '').replace('</head>', '') }).toShowWelcomePage()).toThrow(
      'missing:  <head>\n          </head>',
    );
    for (const outcome of failures) expect(outcome).not.toShowWelcomePage();
  });
});

describe('what a matcher that fails hands to whoever looks for the cause', () => {
  const handedOver = (assertion: () => unknown): unknown => {
    try {
      assertion();
    } catch (error) {
      return (error as { matcherResult?: { judged?: unknown } }).matcherResult?.judged;
    }
    throw new Error('it held');
  };

  it('must be the outcome, and which container had to answer', () => {
    const [refused] = failures;
    expect(handedOver(() => expect(refused).toBeReached({ by: nginx }))).toEqual({ outcome: refused, by: { id: nginx.id, token: '4f1c' } });
    expect(handedOver(() => expect(refused).toBeOutcome('reset'))).toStrictEqual({ outcome: refused });
    expect(handedOver(() => expect(refused).toShowWelcomePage())).toStrictEqual({ outcome: refused });
  });
});

describe('a broken probe', () => {
  it.each<[string, () => unknown]>([
    ['toBeReached', () => expect(broken).toBeReached({ by: nginx })],
    ['not toBeReached', () => expect(broken).not.toBeReached({ by: nginx })],
    ['toBeOutcome', () => expect(broken).toBeOutcome('refused')],
    ['not toBeOutcome', () => expect(broken).not.toBeOutcome('refused')],
    ['toBeOutcome, of several', () => expect(broken).toBeOutcome('refused', 'reset')],
    ['toBeOutcome, asked for it', () => expect(broken).toBeOutcome('probe-broken')],
    ['toShowWelcomePage', () => expect(broken).toShowWelcomePage()],
    ['not toShowWelcomePage', () => expect(broken).not.toShowWelcomePage()],
  ])('must be an error and no answer: %s', (_, ask) => {
    expect(ask).toThrow(ProbeBroken);
    expect(ask).toThrow('curl ended with status 127');
  });
});

describe('toBeHexDigits', () => {
  it('must hold for exactly so many lower-case digits', () => {
    expect('0123456789abcdef'.repeat(4)).toBeHexDigits(64);
  });

  it.each([
    'a'.repeat(63),
    'a'.repeat(65),
    'A'.repeat(64),
    'g'.repeat(64),
    `${'a'.repeat(64)}\n`,
    ` ${'a'.repeat(64)}`,
    '',
    undefined,
    null,
    64,
  ])('must not hold for %j', (value) => {
    expect(value).not.toBeHexDigits(64);
    expect(() => expect(value).toBeHexDigits(64)).toThrow('expected: 64 hexadecimal digits');
  });
});

describe('toBeInSubnet', () => {
  it.each([
    ['172.17.0.0', '172.17.0.0/16'],
    ['172.17.255.255', '172.17.0.0/16'],
    ['10.99.0.1', '10.99.0.1/32'],
    ['fd00::5', 'fd00::/64'],
  ])('must hold for %s in %s', (address, subnet) => {
    expect(address).toBeInSubnet(subnet);
  });

  it.each([
    ['172.18.0.0', '172.17.0.0/16'],
    ['172.16.255.255', '172.17.0.0/16'],
    ['fd00::5', '172.17.0.0/16'],
    ['172.17.0.1', 'fd00::/64'],
    ['172.17.0.1/16', '172.17.0.0/16'],
    ['nonsense', '172.17.0.0/16'],
    ['', '172.17.0.0/16'],
    [undefined, '172.17.0.0/16'],
  ])('must not hold for %j in %s', (address, subnet) => {
    expect(address).not.toBeInSubnet(subnet);
    expect(() => expect(address).toBeInSubnet(subnet)).toThrow(`expected: an address of ${subnet}`);
  });
});

describe('toBeRefused', () => {
  const refusedAtStart = { status: 500, runs: false, created: true, isThere: true, addresses: [] };

  it('must pass for a refusal at the creation and at the start', () => {
    expect(refusedAtStart).toBeRefused();
    expect({ ...refusedAtStart, status: 400, created: false, isThere: false }).toBeRefused();
  });

  it.each([{ status: 204 }, { runs: true }, { runs: undefined }, { created: false }, { isThere: false }])(
    'must fail with %j',
    (otherwise) => {
      expect(() => expect({ ...refusedAtStart, ...otherwise }).toBeRefused()).toThrow('expected: a refusal');
    },
  );

  it('must say what there is instead', () => {
    const saying = (otherwise: Partial<Record<keyof typeof refusedAtStart, unknown>>) =>
      expect(() => expect({ ...refusedAtStart, ...otherwise }).toBeRefused());
    saying({ status: 204, runs: true }).toThrow('actual:   status 204; running: true; its creation was granted, and it is there');
    saying({ runs: undefined, created: false }).toThrow(
      'actual:   status 500; running: it does not say; its creation was refused, and it is there',
    );
    saying({ isThere: false }).toThrow('actual:   status 500; running: false; its creation was granted, and it is not there');
  });
});
