import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { catalogue } from '../../../fixtures/claims';
import { topologies } from '../../../fixtures/topologies';
import { renderReport } from '../../report/html';
import type { ObservedTopology } from '../../results/results';
import { largeRun } from '../../results/sample-large';
import { sampleResults } from '../../results/sample-results';
import { summarize } from '../../results/verdict-summary';
import { observedTopologies } from '../observed-topologies';
import { axeViolations, browserTimeLimit, openBrowser, type Browser, type Tab } from './index';

const claims = 600;
const engines = 7;
const desktop = { width: 1280, height: 900 };

// thousands of cells, and others keep the machine busy
jest.setTimeout(120_000);

let browser: Browser;
let html: string;
beforeAll(async () => {
  browser = await openBrowser();
  html = await renderReport(Array.from({ length: engines }, (_, index) => largeRun(`docker-2${String(index)}.0.0`, claims)));
}, browserTimeLimit);
afterAll(() => browser.close());

const tabs: Tab[] = [];
afterEach(async () => {
  for (const { page } of tabs.splice(0)) await page.context().close();
});

async function open(text: string, view: { width: number; height: number }): Promise<Tab> {
  const tab = await browser.newPage(view);
  tabs.push(tab);
  await tab.openHtml(text);
  await tab.page.locator('header nav').waitFor();
  return tab;
}

/** Every row that is to be seen, by its claim. */
const seenRows = `[...document.querySelectorAll('tbody:not([hidden]) > tr[data-claim]:not([hidden])')].map((it) => it.dataset.claim)`;

describe(`the search of ${String(claims)} claims on ${String(engines)} engines`, () => {
  it('must make no row anew, and touch none but to hide or to show it', async () => {
    const { page } = await open(html, desktop);
    await page.evaluate(
      `window.changes = []; new MutationObserver((all) => window.changes.push(...all.map((it) => it.type === 'attributes' ? it.attributeName : it.type))).observe(document.querySelector('table'), { attributes: true, childList: true, characterData: true, subtree: true })`,
    );
    const search = page.getByLabel('Search');
    for (const text of ['c', 'cl', 'claim-1', 'claim-19', 'claim-1', '']) await search.fill(text);
    await page.waitForFunction(`${seenRows}.length === ${String(claims)}`);
    await search.fill('claim-599');
    await page.waitForFunction(`${seenRows}.length === 1`);
    const changes = await page.evaluate<string[]>('window.changes');
    expect(new Set(changes)).toEqual(new Set(['hidden', 'tabindex']));
    expect(await page.locator('[data-cell][tabindex="0"]').count()).toBe(1);
    expect(await page.evaluate(`document.querySelector('[data-cell][tabindex="0"]').closest('tr').dataset.claim`)).toBe(
      'area.section-19.claim-599',
    );
  });

  it('must not lay out what is out of sight', async () => {
    const { page } = await open(html, desktop);
    const laidOut = await page.evaluate<number>(
      `[...document.querySelectorAll('tr[data-claim] th')].filter((it) => it.checkVisibility({ contentVisibilityAuto: true })).length`,
    );
    expect(laidOut).toBeLessThan(claims / 2);
  });
});

/** A run in which four things went wrong, and two claims nobody knows why. */
function manyRed() {
  const sample = sampleResults();
  const [template] = sample.claims;
  if (!template) throw new Error('the sample has no claim');
  const cause = (index: number) => ({
    code: `code.${String(index)}`,
    summary: `thing ${String(index)} is broken, and ${'that-is-told-at-length-'.repeat(6)}`,
    remedy: 'iptables -D X',
    evidence: [],
  });
  const red = Array.from({ length: 42 }, (_, index) => ({
    ...template,
    id: `red.claim-${String(index)}`,
    title: `red ${String(index)} must hold`,
    verdict: 'deviates' as const,
    reason: `seen ${String(index)}`,
    ...(index < 40 && { cause: cause(index % 4) }),
  }));
  const all = [...red, ...sample.claims.filter(({ verdict }) => verdict === 'conforms')];
  return { ...sample, claims: all, summary: summarize(all, { leftovers: [], strict: false }) };
}

describe('what is red', () => {
  it.each([
    [390, 3],
    [1280, 1],
  ])('must stand first, folded by cause, one click from its claims: at %i pixels, of %i engines', async (width, count) => {
    const run = manyRed();
    const runs = Array.from({ length: count }, (_, index) => ({ ...run, engine: { ...run.engine, id: `docker-28.5.${String(index)}` } }));
    const { page } = await open(await renderReport(runs), { width, height: 800 });
    expect(await page.evaluate(`document.querySelector('main h2').textContent`)).toBe('What is red');
    const groups = page.locator('.red details.group');
    expect(await groups.locator('.how-many').allTextContents()).toEqual(['10 claims', '10 claims', '10 claims', '10 claims', '2 claims']);
    expect(await groups.last().textContent()).toContain('No cause was found');
    const first = groups.first().locator('li a');
    expect(await first.first().isVisible()).toBe(false);
    await groups.first().locator('summary').click();
    expect(await first.first().isVisible()).toBe(true);
    expect(await first.count()).toBe(10);
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await first.first().click();
    await page.locator('article h1').waitFor();
    expect(await page.locator('article h1').textContent()).toBe('red 0 must hold');
  });
});

it('that nothing is red must be said', async () => {
  const sample = sampleResults();
  const good = sample.claims.filter(({ verdict }) => verdict === 'conforms');
  const { page } = await open(
    await renderReport([{ ...sample, claims: good, summary: summarize(good, { leftovers: [], strict: false }) }]),
    desktop,
  );
  expect(await page.locator('.nothing-red').textContent()).toContain('Nothing is red.');
});

/** Boxes of text and marks that lie across each other in the rows that are seen. */
const cellsAcross = `[...document.querySelectorAll('tr[data-claim]')].filter((row) => row.checkVisibility({ contentVisibilityAuto: true })).flatMap((row) => {
  const boxes = [...row.querySelectorAll('.title > *, .reason, td .icon, td .word')].map((it) => it.getBoundingClientRect()).filter(({ width }) => width > 1);
  return boxes.flatMap((a, index) => boxes.slice(index + 1).filter((b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5).map(() => row.dataset.claim));
})`;

it.each([390, 1280])('the matrix must have nothing across anything else, and no more width than the page, at %i', async (width) => {
  const { page } = await open(html, { width, height: 844 });
  expect(await page.evaluate(cellsAcross)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
});

describe.each([390, 1280])('pictures in the page, at %i', (width) => {
  const names = Object.keys(topologies);
  /** What a run has of every topology of the catalogue, or of the first one only. */
  const runWith = (drawn: readonly ObservedTopology[], engine: string) => {
    const sample = sampleResults();
    const claims = sample.claims.slice(0, 1).flatMap((template) =>
      names.flatMap((name) =>
        catalogue
          .filter((it) => it.topology === name)
          .slice(0, 1)
          .map(({ id, title }) => ({ ...template, id, title })),
      ),
    );
    return {
      ...sample,
      engine: { ...sample.engine, id: engine },
      claims,
      summary: summarize(claims, { leftovers: [], strict: false }),
      topologies: [...drawn],
    };
  };
  const observed = (Object.values(observedTopologies) as ObservedTopology[]).filter(({ name }) => names.includes(name));
  const first = (name: string) => observed.find((it) => it.name === name) as ObservedTopology;

  it('must be seen whole, one for each topology of the catalogue', async () => {
    const { page } = await open(await renderReport([runWith(names.map(first), 'docker-28.5.2')]), { width, height: 844 });
    await page.evaluate(`location.hash = '#/topologies'`);
    await page.locator('.topologies .drawing svg').first().waitFor();
    const seen = await page.evaluate<[number, number][]>(
      `[...document.querySelectorAll('.drawing')].map((it) => [it.scrollWidth, it.clientWidth])`,
    );
    expect(seen).toHaveLength(names.length);
    for (const [needed, there] of seen) expect(needed).toBeLessThanOrEqual(there);
  });

  it('must be said to be missing, with the reason and what to do', async () => {
    const { page } = await open(
      await renderReport([runWith([], 'docker-28.5.2')], [{ engine: 'podman-4.3.1', reason: 'it did not start' }]),
      { width, height: 844 },
    );
    await page.evaluate(`location.hash = '#/topologies?engine=*'`);
    await page.locator('.missing').first().waitFor();
    const told = await page.locator('.missing').allTextContents();
    expect(told).toHaveLength(2 * names.length);
    expect(told[0]).toMatch(
      /There is no picture of docker-28\.5\.2\. Its containers did not all start.*npx docker-network-conformance run --engine docker-28\.5\.2 --claim \S+ --html report\.html/,
    );
    expect(told[1]).toBe('There is no picture of podman-4.3.1. It has no results.');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });
});

describe('single keys', () => {
  it('must do nothing once the reader has turned them off, also after the page was opened again', async () => {
    const { page } = await open(await renderReport([sampleResults()]), desktop);
    const control = page.getByLabel('Keys / and ?');
    expect(await control.isChecked()).toBe(true);
    await control.uncheck();
    const pressed = async (): Promise<unknown> => {
      await page.evaluate('document.activeElement.blur()');
      // what the page does after it was painted anew, it has done then
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
      for (const key of ['/', '?']) await page.keyboard.press(key);
      return page.evaluate(`[document.activeElement.id, document.querySelectorAll('dialog[open]').length]`);
    };
    expect(await pressed()).toEqual(['', 0]);
    await page.reload();
    await page.locator('header nav').waitFor();
    expect(await control.isChecked()).toBe(false);
    expect(await pressed()).toEqual(['', 0]);
    await control.check();
    expect(await pressed()).toEqual(['search', 0]);
  });
});
