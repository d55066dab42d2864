import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { renderReport } from '../../report/html';
import { withHistory } from '../../results/history';
import type { Verdict } from '../../results/results';
import { resultsOf } from '../../results/sample-matrix';
import { axeViolations, browserTimeLimit, openBrowser, type Browser, type Tab } from './index';

/** A run of one week, in which a claim got worse or better. */
const week = (engine: string, date: string, port: Verdict, name: Verdict) =>
  resultsOf(engine, { 'net.port': port, 'net.name': name, 'net.same': 'deviates' }, { startedAt: `${date}T04:47:00.000Z` });

const regression = '2026-01-12';
const repair = '2026-01-19';

let browser: Browser;
let html: string;
beforeAll(async () => {
  browser = await openBrowser();
  const { results } = withHistory(
    [week('docker-29.0.0', repair, 'deviates', 'conforms'), week('podman-5.8.6', repair, 'conforms', 'conforms')],
    [week('docker-28.5.2', '2026-01-05', 'conforms', 'deviates'), week('docker-28.5.3', regression, 'deviates', 'deviates')],
  );
  html = await renderReport(results);
}, browserTimeLimit);
afterAll(() => browser.close());

const tabs: Tab[] = [];
afterEach(async () => {
  for (const { page, seen } of tabs.splice(0)) {
    await page.context().close();
    expect({ ...seen, requests: seen.requests.length }).toEqual({ console: [], exceptions: [], requests: 1, foreign: [], failed: [] });
  }
});

describe.each([390, 1280])('what changed over time, on a page of %d pixels', (width) => {
  async function open(hash: string): Promise<Tab> {
    const tab = await browser.newPage({ width, height: 800 });
    tabs.push(tab);
    await tab.openHtml(html);
    await tab.page.locator('header nav').waitFor();
    await tab.page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    return tab;
  }
  async function isWellMade({ page }: Tab): Promise<void> {
    await page.evaluate(`document.querySelectorAll('details').forEach((it) => { it.open = true })`);
    expect(await axeViolations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  }

  it('is named with its release and its day, the latest first', async () => {
    const tab = await open('#/');
    const items = tab.page.locator('section.changes li');
    expect(await items.count()).toBe(2);
    expect(await items.locator('time').allTextContents()).toEqual([repair, regression]);
    const [first = '', second = ''] = await items.allInnerTexts();
    expect(first).toMatch(/deviates\s*→\s*conforms\s*with docker-29\.0\.0\s*Last judged before: docker-28\.5\.3, 2026-01-12\./);
    expect(second).toMatch(/conforms\s*→\s*deviates\s*with docker-28\.5\.3\s*Last judged before: docker-28\.5\.2, 2026-01-05\./);
    expect(await items.first().isVisible()).toBe(true);
    await isWellMade(tab);
    await items.nth(1).locator('a').click();
    await tab.page.locator('article.claim').waitFor();
    expect(await tab.page.locator('article .id').textContent()).toBe('net.port');
  });

  it('is told of each engine beside its verdict, as far as results go back', async () => {
    const tab = await open('#/claim/net.port?engine=docker-29.0.0');
    const shown = tab.page.locator('details.on[open] .changes');
    await shown.waitFor();
    expect(await shown.innerText()).toMatch(/Over time\s*2026-01-12\s*conforms\s*→\s*deviates\s*with docker-28\.5\.3/);
    await isWellMade(tab);
    await tab.page.evaluate(`location.hash = '#/claim/net.same?engine=docker-29.0.0'`);
    await tab.page.getByText('The same since docker-28.5.2, 2026-01-05; earlier results do not go back further.').waitFor();
    expect(await tab.page.locator('[data-engine="podman-5.8.6"] .changes').count()).toBe(0);
  });
});
