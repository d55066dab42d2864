import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { browserTimeLimit, openBrowser, type Browser, type Tab, type View } from '../../selftest/browser';
import { observedTopologies } from '../../selftest/observed-topologies';
import type { ObservedTopology } from '../../results/results';
import { describeTopology, drawTopology } from './index';

const topologies = Object.values(observedTopologies) as ObservedTopology[];

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, browserTimeLimit);
afterAll(() => browser.close());

/** All pictures in one page that says nothing about how they look. */
async function open(view: View, language: 'en' | 'ko'): Promise<Tab> {
  const pictures = await Promise.all(topologies.map((topology) => drawTopology(topology, language)));
  const tab = await browser.newPage(view);
  await tab.openHtml(
    `<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title></title><style>:root { color-scheme: light dark } body { font: 16px system-ui; margin: 16px }</style>${pictures.join('')}`,
  );
  return tab;
}

/** Every text that is wider or lower than the smallest box in which it begins; the words beside a line are in none. */
const textsOutside = `[...document.querySelectorAll('svg')].flatMap((svg) => {
  const boxes = [...svg.querySelectorAll('rect')].map((rect) => rect.getBBox());
  return [...svg.querySelectorAll('text')].flatMap((text) => {
    const [x, y] = ['x', 'y'].map((name) => Number(text.getAttribute(name)));
    const [own] = boxes.filter((it) => x >= it.x && x <= it.x + it.width && y >= it.y && y <= it.y + it.height).sort((a, b) => a.width * a.height - b.width * b.height);
    const area = text.getBBox();
    return own && (area.x < own.x || area.x + area.width > own.x + own.width || area.y + area.height > own.y + own.height + 1) ? [text.textContent] : [];
  });
})`;

/** Every two boxes of a picture that are neither apart nor one within the other with room around it. */
const boxesAcross = `[...document.querySelectorAll('svg')].flatMap((svg) => {
  const boxes = [...svg.querySelectorAll('rect')].map((rect) => ({ name: rect.getAttribute('class'), ...Object.fromEntries(['left', 'top', 'right', 'bottom'].map((side) => [side, rect.getBoundingClientRect()[side]])) }));
  const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
  const within = (a, b) => a.left >= b.left + 1 && a.right <= b.right - 1 && a.top >= b.top + 1 && a.bottom <= b.bottom - 1;
  return boxes.flatMap((a, index) => boxes.slice(index + 1).filter((b) => !apart(a, b) && !within(a, b) && !within(b, a)).map((b) => svg.querySelector('title').textContent + ': ' + a.name + ' across ' + b.name));
})`;

describe.each([
  [{ width: 360, height: 740 }, 'ko'],
  [{ width: 390, height: 844 }, 'en'],
  [{ width: 1280, height: 800, colorScheme: 'dark' }, 'en'],
] satisfies [View, 'en' | 'ko'][])('pictures at %j in %s', (view, language) => {
  let tab: Tab;
  beforeAll(async () => {
    tab = await open(view, language);
  });

  it('must fit the page, each as wide as it has to be', async () => {
    expect(await tab.page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
    const widths = await tab.page.evaluate<[number, number][]>(
      "[...document.querySelectorAll('svg')].map((svg) => [svg.getBoundingClientRect().width, Number(svg.getAttribute('width'))])",
    );
    expect(widths).toHaveLength(topologies.length);
    for (const [shown, own] of widths) expect(shown).toBeCloseTo(Math.min(own, view.width - 32), 0);
  });

  it('must have every text within its box', async () => {
    expect(await tab.page.evaluate(textsOutside)).toEqual([]);
  });

  it('must have every box within another, with room around it, or apart', async () => {
    expect(await tab.page.evaluate(boxesAcross)).toEqual([]);
  });

  it('must be a name and a description to a screen reader, and nothing else', async () => {
    const session = await tab.page.context().newCDPSession(tab.page);
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const told = nodes
      .filter(({ ignored, name }) => !ignored && name?.value)
      .map(({ role, name, description }) => [role, name, description].map((it) => it?.value as unknown));
    expect(told).toEqual(
      topologies.map((topology) => [
        'image',
        `${language === 'en' ? 'Topology' : '토폴로지'} ${topology.name}`,
        describeTopology(topology, language),
      ]),
    );
  });

  it('must load nothing and complain of nothing', () => {
    expect(tab.seen).toMatchObject({ console: [], exceptions: [], requests: [expect.any(String)] });
  });
});
