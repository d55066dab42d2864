import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../claim/eventually';
import { startTime } from '../../state/owner';
import { installedBrowser } from './find';
import { axeViolations, browserTimeLimit, openBrowser } from './index';
import type { Browser, Tab, View } from './index';

const desktop: View = { width: 800, height: 600 };

let browser: Browser | undefined;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'browser-test-'));
  browser = await openBrowser();
}, browserTimeLimit);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** A page that has nothing wrong, around this. */
function good(body: string): string {
  return `<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>${body}</main></html>`;
}

async function newTab(view: View): Promise<Tab> {
  if (browser === undefined) throw new Error('the browser has not started');
  return await browser.newPage(view);
}

async function show(html: string, view = desktop): Promise<Tab> {
  const tab = await newTab(view);
  await tab.openHtml(html);
  return tab;
}

describe('a page', () => {
  it('without faults has none', async () => {
    const { page, seen } = await show(good('<p>Hello</p>'));
    expect(await page.title()).toBe('A page');
    expect(seen).toEqual({ console: [], exceptions: [], requests: [page.url()], foreign: [], failed: [] });
    expect(await axeViolations(page)).toEqual([]);
  });

  it('can be a file of any folder', async () => {
    const file = join(folder, '한글 & blank.html');
    writeFileSync(file, good('<p id="said">from a file</p>'));
    const { page, openFile } = await newTab(desktop);
    await openFile(file);
    expect(await page.locator('#said').textContent()).toBe('from a file');
  });

  it('is shown as the view says', async () => {
    const { page } = await show(good(''), { width: 320, height: 200, colorScheme: 'dark', reducedMotion: 'reduce', language: 'ko' });
    expect(
      await page.evaluate(
        `[innerWidth, innerHeight, matchMedia('(prefers-color-scheme: dark)').matches, matchMedia('(prefers-reduced-motion)').matches, navigator.language]`,
      ),
    ).toEqual([320, 200, true, true, 'ko']);
  });

  it('can be seen without JavaScript', async () => {
    const html = good('<noscript id="no">off</noscript><p id="yes"></p><script>document.getElementById("yes").textContent = "on"</script>');
    const said = async (javaScript: boolean): Promise<(string | null)[]> => {
      const { page } = await show(html, { ...desktop, javaScript });
      return [await page.locator('#yes').textContent(), String(await page.locator('#no').isVisible())];
    };
    expect(await said(true)).toEqual(['on', 'false']);
    expect(await said(false)).toEqual(['', 'true']);
  });

  it('becomes a picture', async () => {
    const { page } = await show(good(''));
    const path = join(folder, 'picture.png');
    await page.screenshot({ path });
    // width and height stand in a PNG's first chunk
    const header = readFileSync(path).subarray(0, 24);
    expect([header.toString('latin1', 1, 4), header.readUInt32BE(16), header.readUInt32BE(20)]).toEqual(['PNG', 800, 600]);
  });
});

describe('a fault of a page is seen', () => {
  it('on the console', async () => {
    const { seen } = await show(good('<script>console.log("fine"); console.warn("careful", 1); console.error("broken", {a: 2})</script>'));
    expect(seen.console).toEqual(['warning: careful 1', 'error: broken {a: 2}']);
  });

  it('as an exception', async () => {
    const { seen } = await show(good('<script>throw new TypeError("thrown")</script>'));
    expect(seen.exceptions).toEqual(['TypeError: thrown']);
  });

  it('as a file that is not there', async () => {
    const { seen } = await show(good('<img src="missing.png" alt="">'));
    expect(seen.failed).toEqual([expect.stringMatching(/^file:.*\/missing\.png: net::ERR_FILE_NOT_FOUND$/)]);
  });

  it('by axe, one line each', async () => {
    const { page } = await show(good('<button></button><p style="color: #999; background: #fff">Hardly to be read</p>'));
    expect(await axeViolations(page)).toEqual([
      expect.stringMatching(/^button-name \(critical\) at button: .* <button><\/button>$/),
      expect.stringMatching(/^color-contrast \(serious\) at p: .*2\.84.*Hardly to be read/),
    ]);
  });

  it('by axe on a page that lets no foreign script in', async () => {
    const { page, seen } = await show(
      good('<button></button>').replace('<title>', `<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><title>`),
    );
    expect(await axeViolations(page)).toEqual([expect.stringMatching(/^button-name/)]);
    expect(seen.console).toEqual([]);
  });
});

describe('what a page asks for elsewhere', () => {
  it('is seen and never sent', async () => {
    let connections = 0;
    const server = createServer().on('connection', (socket) => {
      connections += 1;
      socket.destroy();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const { seen, page } = await show(
        good(`<link rel="preconnect" href="http://${host}"><link rel="stylesheet" href="http://${host}/style"><img src="http://${host}/image" alt=""><script src="http://${host}/script"></script>
          <script>
            window.ended = Promise.allSettled([
              fetch('http://${host}/fetch'),
              fetch('https://elsewhere.example/'),
              new Promise((resolve) => { new WebSocket('ws://${host}/socket').onclose = resolve }),
            ]).then((all) => all.map(({ status }) => status))
          </script>`),
      );
      expect(await page.evaluate('ended')).toEqual(['rejected', 'rejected', 'fulfilled']);
      expect([...seen.foreign].sort()).toEqual([
        ...['fetch', 'image', 'script', 'style'].map((path) => `http://${host}/${path}`),
        'https://elsewhere.example/',
        `ws://${host}/socket`,
      ]);
      expect(seen.failed).toHaveLength(5);
      expect(connections).toBe(0);
    } finally {
      server.close();
    }
  });

  it('is not what it carries itself', async () => {
    const { seen } = await show(
      good(
        `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" alt=""><script>fetch(URL.createObjectURL(new Blob(['x'])))</script>`,
      ),
    );
    expect(seen.requests).toHaveLength(1);
    expect(seen.foreign).toEqual([]);
  });
});

// a browser of the machine has the fonts of the machine
(installedBrowser() === undefined ? describe : describe.skip)('the fonts', () => {
  let tab: Tab;
  beforeAll(async () => {
    tab = await show(good('<p><span id="text"></span></p>'));
  });

  async function pictureOf(text: string, style: string): Promise<string> {
    await tab.page.evaluate(
      `Object.assign(document.getElementById('text'), { textContent: ${JSON.stringify(text)}, style: ${JSON.stringify(style)} })`,
    );
    return (await tab.page.locator('#text').screenshot()).toString('base64');
  }

  it.each(['sans-serif', 'system-ui', 'serif', 'monospace'])('have a glyph for Hangul and Latin in %s', async (family) => {
    const style = `font: 32px ${family}; display: inline-block; width: 1.5em`;
    // of a character that no font has, all that is drawn is a box
    const box = await pictureOf('\u{10fffe}', style);
    expect(await pictureOf('\u{10fffd}', style)).toBe(box);
    // the last ones are in no everyday word, and so in few small fonts
    const glyphs = [];
    for (const character of 'Aé→한글뷁펲') glyphs.push(await pictureOf(character, style));
    expect(new Set([box, ...glyphs]).size).toBe(glyphs.length + 1);
  });

  it('have a bold face for Korean', async () => {
    expect(await pictureOf('굵게', 'font: bold 32px sans-serif')).not.toBe(await pictureOf('굵게', 'font: 32px sans-serif'));
  });
});

describe('the end of a browser', () => {
  // processes are counted where the kernel shows them
  const watched = existsSync(`/proc/self/task/${process.pid}/children`) ? it : it.skip;

  watched(
    'leaves no process and no file',
    async () => {
      const { child, processes, temporary, says } = await ownerOfBrowser();
      child.stdin.write('close\n');
      expect(await says()).toBe('closed\n');
      expect(processes.filter(isThere)).toEqual([]);
      expect(readdirSync(temporary)).toEqual([]);
      child.kill();
    },
    60_000,
  );

  watched(
    'comes with that of its process, even if that is killed',
    async () => {
      const { child, processes } = await ownerOfBrowser();
      child.kill('SIGKILL');
      expect(
        await eventually(
          () => Promise.resolve(processes.filter(isThere)),
          (left) => left.length === 0,
          { within: 5000 },
        ),
      ).toEqual([]);
    },
    60_000,
  );
});

/** Another process, with a browser and a page open in it, that closes the browser when it is told to. */
async function ownerOfBrowser() {
  const script = `
    require(${JSON.stringify(join(__dirname, '../../loader/typescript.cjs'))});
    const { openBrowser } = require(${JSON.stringify(join(__dirname, 'index.ts'))});
    (async () => {
      const browser = await openBrowser();
      const { openHtml } = await browser.newPage({ width: 800, height: 600 });
      await openHtml('<title>A page</title>');
      process.stdin.on('data', () => browser.close().then(() => console.log('closed')));
      console.log('open');
    })()`;
  const temporary = mkdtempSync(join(folder, 'owner-'));
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: temporary } });
  const says = async (): Promise<string> => String((await once(child.stdout, 'data'))[0]);
  expect(await says()).toBe('open\n');
  const processes = descendants(child.pid ?? 0);
  // the browser itself, and those that draw for it
  expect(processes.length).toBeGreaterThan(1);
  return { child, processes, temporary, says };
}

interface Process {
  readonly pid: number;
  readonly started: string | undefined;
}

/** Every process that this one started, or one of those. */
function descendants(pid: number): Process[] {
  return childrenOf(pid).flatMap((child) => [{ pid: child, started: startTime(child) }, ...descendants(child)]);
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
  } catch {
    // it has ended
    return [];
  }
}

function isThere({ pid, started }: Process): boolean {
  return started !== undefined && startTime(pid) === started;
}
