import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { renderReport } from '../../report/html';
import type { ClaimResult, ObservedTopology, Results } from '../../results/results';
import { nasty, sampleResults } from '../../results/sample-results';
import { evidenceFromEverywhere, recordedPlaces } from '../../results/sample-places';
import { summarize } from '../../results/verdict-summary';
import { axeViolations, browserTimeLimit, openBrowser, type Browser, type Tab, type View } from './index';

const desktop: View = { width: 1440, height: 900 };
const phone: View = { width: 360, height: 740 };

const deviating = 'bridge.default.no-name-resolution';

/** As a run on a bridge would show it. */
const topology: ObservedTopology = {
  name: 'bridge-pair',
  host: {
    id: 'net:[1]',
    links: [{ name: 'docker0', index: 3, peerIndex: 3, macAddress: '02:42:00:00:00:01', addresses: ['172.17.0.1/16'] }],
    gateways: [],
  },
  networks: [{ name: 'bridge', driver: 'bridge', subnets: ['172.17.0.0/16'], bridge: 'docker0' }],
  containers: [
    { name: nasty, networks: [{ name: 'bridge', address: '172.17.0.2' }], namespace: null, published: [], listening: ['0.0.0.0:80'] },
  ],
};

function run(id: string, more: (claim: ClaimResult) => Partial<ClaimResult> = () => ({}), leftovers: string[] = []): Results {
  const sample = sampleResults();
  const claims = sample.claims.map((claim) => ({ ...claim, ...more(claim) }));
  const summary = summarize(claims, { leftovers, strict: false });
  return { ...sample, engine: { ...sample.engine, id }, claims, summary, topologies: [topology], host: { ...sample.host, leftovers } };
}

const conforms = ({ id }: ClaimResult): Partial<ClaimResult> =>
  id === deviating ? { verdict: 'conforms', reason: undefined, cause: undefined } : {};
const waiver = { reason: 'by design', link: 'https://example.org/issues/1', expires: '2027-06-30', from: 'the suite' };
const waived =
  (state: 'applies' | 'expired') =>
  (claim: ClaimResult): Partial<ClaimResult> =>
    claim.verdict === 'deviates' ? { waiver: { state, ...waiver } } : {};

const one = [run('docker-28.5.2')];
const seven = [
  run('docker-28.5.2', conforms),
  run('docker-28.5.2'),
  run('docker-26.1.5+no-userland-proxy', waived('applies')),
  run('docker-20.10.24', waived('expired')),
  run('docker-20.10.5', conforms),
  run('podman-5.8.6', conforms, ['link podman0']),
  run('podman-5.4.2', (claim) => (claim.verdict === 'conforms' ? { waiver: { state: 'needless', ...waiver } } : {})),
];

let browser: Browser;
let pages: { one: string; seven: string };
beforeAll(async () => {
  browser = await openBrowser();
  pages = { one: await renderReport(one), seven: await renderReport(seven, [{ engine: 'podman-4.3.1', reason: 'it did not start' }]) };
}, browserTimeLimit);
afterAll(() => browser.close());

const tabs: Tab[] = [];
async function open(engines: 'one' | 'seven', hash = '', view: View = desktop): Promise<Tab> {
  const tab = await browser.newPage(view);
  tabs.push(tab);
  await tab.openHtml(pages[engines]);
  if (view.javaScript !== false) {
    await tab.page.locator('header nav').waitFor();
    if (hash) await go(tab, hash);
  }
  return tab;
}

async function go({ page }: Tab, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
}

/** Every row that is to be seen, by its claim. */
const seenRows = `[...document.querySelectorAll('tbody:not([hidden]) > tr[data-claim]:not([hidden])')].map((it) => it.dataset.claim)`;
const rows = ({ page }: Tab): Promise<string[]> => page.evaluate(seenRows);
/** The page draws what was asked for with a later frame, so its rows are awaited before they are compared. */
const expectRows = async (tab: Tab, ids: readonly string[]): Promise<void> => {
  const there = `JSON.stringify(${seenRows}) === ${JSON.stringify(JSON.stringify(ids))}`;
  await tab.page.waitForFunction(there, undefined, { timeout: 5000 }).catch(() => undefined);
  expect(await rows(tab)).toEqual(ids);
};
/** The page moves the focus with the frame that shows what was asked for; a busy machine takes a while for it. */
const hasFocus = ({ page }: Tab, selector: string): Promise<boolean> =>
  page
    .locator(`${selector}:focus`)
    .waitFor({ state: 'attached', timeout: 5000 })
    .then(() => true)
    .catch(() => false);
const hashOf = ({ page }: Tab): string => decodeURIComponent(new URL(page.url()).hash);
const allClaims = sampleResults().claims.map(({ id }) => id);

// a fault of the page is one whatever else was tested
afterEach(async () => {
  for (const { page, seen } of tabs.splice(0)) {
    await page.context().close();
    expect({ ...seen, requests: seen.requests.length }).toEqual({ console: [], exceptions: [], requests: 1, foreign: [], failed: [] });
  }
});

describe.each(['one', 'seven'] as const)('the page of %s', (engines) => {
  const views = [
    '#/',
    `#/claim/${deviating}`,
    '#/claim/bridge.user.isolated-from-default',
    '#/topologies',
    ...(engines === 'one' ? [] : ['#/?q=nothing-has-this', '#/claim/no.such']),
  ];

  it.each([
    ['light', 'en', desktop],
    ['dark', 'ko', desktop],
    ['dark', 'en', phone],
    ['light', 'ko', phone],
  ] as const)(
    'has no fault that axe finds, nor a line that is too wide: %s, %s, %o',
    async (colorScheme, language, view) => {
      const tab = await open(engines, '', { ...view, colorScheme, language });
      for (const hash of views) {
        await go(tab, hash);
        // evidence is looked at, too
        await tab.page.evaluate(`document.querySelectorAll('details').forEach((it) => { it.open = true })`);
        expect({ hash, violations: await axeViolations(tab.page) }).toEqual({ hash, violations: [] });
        expect({ hash, width: await tab.page.evaluate('document.documentElement.scrollWidth') }).toEqual({ hash, width: view.width });
      }
      expect(await tab.page.evaluate('document.documentElement.lang')).toBe(language);
    },
    180_000,
  );

  it('has a view for each address, and says so in its title', async () => {
    const tab = await open(engines);
    expect(await tab.page.title()).toBe(
      `${engines === 'one' ? 'Docker Engine 28.5.2' : '8 engines compared'} – Conformance of container networks`,
    );
    await go(tab, `#/claim/${deviating}`);
    expect(await tab.page.title()).toBe(
      'a container on the default bridge must not resolve the name of another – Conformance of container networks',
    );
    expect(await hasFocus(tab, 'main h1')).toBe(true);
    await go(tab, '#/topologies');
    expect(await tab.page.title()).toBe('Topologies – Conformance of container networks');
    expect(await tab.page.locator('.drawing svg').count()).toBe(1);
  });

  it('can be read without JavaScript', async () => {
    const { page } = await open(engines, '', { ...desktop, javaScript: false });
    expect(await page.locator('tr[data-claim]').count()).toBe(allClaims.length);
    expect(await page.locator('tr[data-claim] td').allTextContents()).toContain('deviates');
    expect(await page.getByText('This view works without scripts').isVisible()).toBe(true);
    expect(await page.getByText('expected: name-unknown').first().isVisible()).toBe(true);
    expect(await page.locator('button, select, input, a[href^="#/"]').count()).toBe(0);
  });
});

describe('filters', () => {
  it('narrow the matrix, count, are in the address, and can be linked to', async () => {
    const tab = await open('seven');
    const { page } = tab;
    await page.getByLabel('Search').fill('name of');
    await expectRows(tab, [deviating]);
    expect(await page.locator('[role=status].shown').textContent()).toBe(`1 of ${String(allClaims.length)} claims`);
    expect(hashOf(tab)).toBe('#/?q=name+of');
    await page.getByLabel('Search').fill('');
    await page.getByText('Only rows on which engines differ').click();
    await expectRows(tab, [deviating]);
    await page.locator('.chip', { hasText: 'podman-5.8.6' }).click();
    await expectRows(tab, []);
    expect(await page.locator('.none').textContent()).toContain('No claim fits these filters.');

    const linked = await open('seven', hashOf(tab));
    await expectRows(linked, []);
    await linked.page.locator('.none a').click();
    await expectRows(linked, allClaims);
  });

  it('choose verdicts, levels and sections', async () => {
    const tab = await open('seven', '#/?verdict=expired&engines=docker-20.10.24');
    expect(await rows(tab)).toContain(deviating);
    expect(await tab.page.locator('thead th.column').count()).toBe(1);
    await go(tab, '#/?area=drivers/overlay');
    await expectRows(
      tab,
      allClaims.filter((id) => id.startsWith('overlay.')),
    );
    await go(tab, '#/?level=observed');
    await expectRows(tab, ['host.port-80']);
    await tab.page.getByRole('button', { name: 'Clear filters' }).click();
    expect(hashOf(tab)).toBe('#/');
  });
});

describe('a claim', () => {
  it('shows verdict, waiver, cause and evidence of the engine that was asked for', async () => {
    const tab = await open('seven', `#/claim/${deviating}?engine=docker-20.10.24`);
    const shown = tab.page.locator('details.on[open]');
    expect(await shown.getAttribute('data-engine')).toBe('docker-20.10.24');
    const text = await shown.textContent();
    for (const words of [
      'waiver expired',
      'that day has passed',
      'expected: name-unknown',
      'dns.embedded-on-default-bridge',
      'Evidence of the cause',
      'getent hosts nginx02',
    ])
      expect(text).toContain(words);
    expect(await shown.locator('a').getAttribute('href')).toBe('https://example.org/issues/1');
    expect(text).toContain(`npx docker-network-conformance run --engine docker-20.10.24 --claim ${deviating}`);
  });

  it('names the place of every step, behind the verdict and behind the cause', async () => {
    const told = run('docker-28.5.2', ({ id, cause }) =>
      id === deviating && cause ? { evidence: evidenceFromEverywhere, cause: { ...cause, evidence: evidenceFromEverywhere } } : {},
    );
    const tab = await browser.newPage(desktop);
    tabs.push(tab);
    await tab.openHtml(await renderReport([told]));
    await tab.page.locator('header nav').waitFor();
    await go(tab, `#/claim/${deviating}`);
    await tab.page.locator('.step').first().waitFor();
    const prefix: Record<string, string> = { host: 'on the host', container: 'in the container' };
    const expected = recordedPlaces.map(([, name]) => name.replace(/^(host|container)/, (kind) => prefix[kind] ?? kind));
    const heads = (await tab.page.locator('.step .when').allTextContents()).map((head) =>
      head.replace(/^\d+ ms /, '').replace(/( note)?( took.*)$/, ''),
    );
    expect(heads).toEqual([...expected, ...expected]);
  });

  it('leads to its neighbours among the filtered ones, and back to its row', async () => {
    const tab = await open('seven', '#/?area=drivers/overlay');
    const [first = '', second = ''] = await rows(tab);
    await tab.page.locator(`tr[data-claim="${first}"] a`).first().click();
    await tab.page.getByRole('link', { name: 'Next claim' }).click();
    expect(hashOf(tab)).toBe(`#/claim/${second}?area=drivers/overlay`);
    await tab.page.getByRole('link', { name: 'All claims' }).click();
    expect(await hasFocus(tab, `tr[data-claim="${second}"] th a`)).toBe(true);
  });

  it('shows what others wrote as text', async () => {
    const { page } = await open('one', '#/claim/bridge.user.isolated-from-default');
    expect(await page.locator('main script').count()).toBe(0);
    expect(await page.locator('main').textContent()).toContain('<script>alert("x")</script>');
  });

  it('that the report lacks says so', async () => {
    const { page } = await open('one', '#/claim/no.such');
    expect(await page.locator('main h1').textContent()).toBe('This report has no claim no.such.');
  });
});

describe('language and theme', () => {
  it('come from the browser, can be changed, and are in the address or remembered', async () => {
    const tab = await open('seven', '', { ...desktop, language: 'ko-KR', colorScheme: 'dark' });
    const { page } = tab;
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await page.locator('h1').textContent()).toBe('엔진 8개 비교');
    expect(await page.locator('tr[data-claim] a').first().getAttribute('lang')).toBe('en');
    const dark = await ground();
    await page.locator('select[name=theme]').selectOption('light');
    expect(await ground()).not.toBe(dark);
    await page.locator('select[name=language]').selectOption('en');
    expect(await page.locator('h1').textContent()).toBe('8 engines compared');
    expect(hashOf(tab)).toBe('#/?lang=en');
    await go(tab, '#/');
    await page.reload();
    await page.locator('header nav').waitFor();
    tab.seen.requests.pop();
    expect(await page.locator('h1').textContent()).toBe('8 engines compared');
    expect(await ground()).not.toBe(dark);
  });
});

describe('the keyboard', () => {
  it('searches, helps, and leaves', async () => {
    const tab = await open('seven');
    const { page } = tab;
    await page.keyboard.press('/');
    expect(await hasFocus(tab, '#search')).toBe(true);
    await page.keyboard.type('name?');
    expect(await page.locator('#search').inputValue()).toBe('name?');
    await page.keyboard.press('Escape');
    expect(await page.locator('#search').inputValue()).toBe('');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    expect(await page.locator('dialog[open] h2').textContent()).toBe('Help');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    await page.evaluate(`location.hash = '#/topologies'`);
    await page.locator('.topologies').waitFor();
    await page.keyboard.press('/');
    await page.locator('#search:focus').waitFor();
  });

  it('moves through the matrix, which is one stop on the way through the page', async () => {
    const tab = await open('seven');
    const { page } = tab;
    const focused = (): Promise<unknown> =>
      page.evaluate(
        `(() => { const it = document.activeElement; const row = it.closest('tr[data-claim]'); return row && [row.dataset.claim, [...row.querySelectorAll('[data-cell]')].indexOf(it)] })()`,
      );
    expect(await page.locator('[data-cell][tabindex="0"]').count()).toBe(1);
    await page.locator('[data-cell][tabindex="0"]').focus();
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowUp', 'ArrowUp']) await page.keyboard.press(key);
    expect(await focused()).toEqual([allClaims[0], 2]);
    await page.keyboard.press('End');
    expect(await focused()).toEqual([allClaims[0], 8]);
    await page.keyboard.press('Control+End');
    expect(await focused()).toEqual([(await rows(tab)).at(-1), 8]);
    await page.keyboard.press('Tab');
    expect(await focused()).toBeNull();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    expect(hashOf(tab)).toBe(`#/claim/${(await rows(await open('seven'))).at(-1) ?? ''}`);
    await page.keyboard.press('Escape');
    expect(hashOf(tab)).toBe('#/');
  });

  it('skips to the content', async () => {
    const tab = await open('one', `#/claim/${deviating}`);
    await tab.page.evaluate('document.activeElement.blur()');
    await tab.page.locator('.skip').focus();
    await tab.page.keyboard.press('Enter');
    expect(await tab.page.evaluate('document.activeElement.id')).toBe('content');
    expect(hashOf(tab)).toBe(`#/claim/${deviating}`);
  });
});

describe('print', () => {
  it('has words in the matrix, and no controls', async () => {
    const { page } = await open('seven');
    await page.emulateMedia({ media: 'print' });
    const word = page.locator('td.conforms .word').first();
    expect((await word.boundingBox())?.width).toBeGreaterThan(20);
    expect(await page.locator('.filters').isVisible()).toBe(false);
  });
});
