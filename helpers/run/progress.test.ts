import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { displayWidth } from '../base/text';
import { Progress, progressOptions, type ProgressOptions } from './progress';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const title = 'Two containers on the default bridge must reach each other at their IPv4 addresses, both ways';

/** A run of six claims in two areas, and what it has shown. */
function showing(options: Partial<ProgressOptions> = {}) {
  let text = '';
  const progress = new Progress(['dns', 'dns', 'dns', 'nat', 'nat', 'nat'], {
    write: (more) => (text += more),
    live: false,
    color: false,
    width: () => 80,
    ...options,
  });
  return { progress, text: () => text, taken: () => [text, (text = '')][0] };
}
const conforming = (area: string, id = 'some.claim') => ({ id, area, title });

describe('progress in a log', () => {
  it('must be a line for each area that is done, with its red claims', () => {
    const { progress, text } = showing();
    for (const area of ['dns', 'nat', 'dns']) progress.judged(conforming(area));
    expect(text()).toBe('');
    progress.judged({ ...conforming('dns'), failure: 'timed out' });
    expect(text()).toContain('dns: 3 claims done, 1 red · 4 / 6 · 1 red · 0 ms');
    progress.end();
  });

  it('must be a line at least every 30 seconds, and no more than that', () => {
    const { progress, taken } = showing();
    progress.begun('dns.slow');
    jest.advanceTimersByTime(29_000);
    expect(taken()).toBe('');
    jest.advanceTimersByTime(2000);
    expect(taken()).toBe('0 / 6 · 30.0 s · dns.slow\n');
    jest.advanceTimersByTime(58_000);
    expect(taken()?.split('\n')).toHaveLength(2);
    progress.end();
    jest.advanceTimersByTime(120_000);
    expect(taken()).toBe('');
  });

  it('must not wait for claims that Jest was told to leave out', () => {
    const { progress, text } = showing();
    progress.judged(conforming('dns'));
    progress.leftOut('dns', 2);
    expect(text()).toContain('dns: 1 claim done · 1 / 4');
    progress.end();
  });

  it('must not have colours or moves of the cursor', () => {
    const { progress, text } = showing();
    progress.judged({ ...conforming('dns'), failure: 'timed out' });
    progress.end();
    // eslint-disable-next-line no-control-regex
    expect(text()).not.toMatch(/[\u001b\r]/);
  });
});

describe('a red claim', () => {
  it.each([80, 200])('must be told at once, with its id and reason, its title whole, in %i columns', (width) => {
    const { progress, text } = showing({ width: () => width });
    progress.judged({
      ...conforming('dns', 'bridge.default.peers'),
      failure: `expected: reached\nactual:   timed out ${'after a while '.repeat(20)}`,
    });
    expect(text().replace(/\s+/g, ' ')).toContain(title);
    for (const part of ['bridge.default.peers', '│ expected: reached', '│ actual:   timed out']) expect(text()).toContain(part);
    for (const line of text().split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    expect(text().split('\n').length).toBeLessThan(13);
    progress.end();
  });
});

describe('progress on a terminal', () => {
  /** What stands on the last line after what was written. */
  const lastLine = (text: string) => text.split(/\r\u001b\[2K|\n/).at(-1) ?? ''; // eslint-disable-line no-control-regex

  it.each([80, 200])('must be one line that is kept up to date and never wider than %i columns', (width) => {
    const { progress, text } = showing({ live: true, width: () => width });
    progress.begun(`dns.${'long-'.repeat(60)}name`);
    jest.advanceTimersByTime(1000);
    progress.judged(conforming('dns'));
    jest.advanceTimersByTime(1000);
    expect(lastLine(text())).toMatch(/^ 1 \/ 6 · 2\.0 s · dns\.long-/);
    expect(text()).not.toContain('\n');
    for (const picture of text().split('\r\u001b[2K')) expect(displayWidth(picture)).toBeLessThan(width);
    progress.end();
    expect(lastLine(text())).toBe('');
  });

  it('must have the red claims above it', () => {
    const { progress, text } = showing({ live: true });
    jest.advanceTimersByTime(300);
    progress.judged({ ...conforming('dns', 'dns.red'), failure: 'timed out' });
    expect(text()).toMatch(/\r\u001b\[2K ✗ Two containers/); // eslint-disable-line no-control-regex
    expect(lastLine(text())).toBe(' 1 / 6 · 1 red · 300 ms');
    progress.end();
  });

  it('must guess the time that is left when there is something to guess from', () => {
    let text = '';
    const progress = new Progress(
      Array.from({ length: 40 }, () => 'dns'),
      { write: (more) => (text += more), live: true, color: false, width: () => 80 },
    );
    jest.advanceTimersByTime(9000);
    for (let n = 0; n < 10; n++) progress.judged(conforming('dns'));
    jest.advanceTimersByTime(1000);
    expect(lastLine(text)).toBe(' 10 / 40 · 10.0 s · about 30.0 s left');
    progress.end();
  });
});

describe('how progress is shown', () => {
  const stream = (features: object) => features as NodeJS.WriteStream;
  it.each<[string, object, NodeJS.ProcessEnv, Partial<ProgressOptions>]>([
    ['a terminal', { isTTY: true, columns: 120 }, {}, { live: true, color: true }],
    ['a terminal without colours', { isTTY: true }, { NO_COLOR: '1' }, { live: true, color: false }],
    ['a terminal that cannot move its cursor', { isTTY: true }, { TERM: 'dumb' }, { live: false, color: false }],
    ['a CI system that offers a terminal', { isTTY: true }, { CI: 'true' }, { live: false, color: false }],
    ['a pipe', { isTTY: false }, {}, { live: false, color: false }],
  ])('must fit %s', (_name, features, env, expected) => {
    expect(progressOptions(stream(features), env)).toMatchObject(expected);
  });

  it('must follow the width of the window', () => {
    const terminal: { isTTY: boolean; columns?: number } = { isTTY: true, columns: 120 };
    const { width } = progressOptions(stream(terminal), {});
    expect(width()).toBe(120);
    terminal.columns = 60;
    expect(width()).toBe(60);
    terminal.columns = 0;
    expect(width()).toBe(80);
  });
});
