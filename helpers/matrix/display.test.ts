import { describe, expect, it } from '@jest/globals';
import { sampleResults } from '../results/sample-results';
import { displayWidth } from '../base/text';
import { liveDisplay, plainDisplay, progressLines, type Progress } from './display';

const engines: Progress[] = [
  { id: 'docker-20.10.5', stage: { kind: 'waiting' } },
  { id: 'docker-26.1.5', stage: { kind: 'starting' }, elapsed: 200 },
  {
    id: 'docker-28.5.2',
    stage: { kind: 'preparing', what: 'Preparing docker-28.5.2 from Debian forky: downloading 72 packages, 81 MB …' },
    elapsed: 65_000,
  },
  { id: 'podman-5.4.2', stage: { kind: 'judging', judged: 12, claims: 50 }, elapsed: 3210 },
  { id: 'podman-5.8.6', stage: { kind: 'done', results: sampleResults() }, elapsed: 4200 },
  { id: 'podman-4.3.1', stage: { kind: 'failed', reason: 'podman-4.3.1 ended while it was starting' }, elapsed: 100 },
];
const plainly = { color: false, width: 100, height: 24 };

describe('the progress of a matrix', () => {
  it('must have a line for each engine: how far it is, and for how long', () => {
    expect(progressLines(engines, plainly).map((line) => line.trimEnd())).toEqual([
      ' docker-20.10.5             waiting',
      ' docker-26.1.5       0.2 s  starting',
      ' docker-28.5.2   1 min 5 s  Preparing docker-28.5.2 from Debian forky: downloading 72 packages, 81…',
      ' podman-5.4.2        3.2 s  12 of 50 claims',
      ' podman-5.8.6        4.2 s  2 conform · 2 deviate · 4 not applicable · 1 blocked · 1 error',
      ' podman-4.3.1        0.1 s  no results: podman-4.3.1 ended while it was starting',
    ]);
  });

  it.each([60, 80])('must stay within %d columns, so that no line is broken', (width) => {
    for (const line of progressLines(engines, { ...plainly, width })) expect(displayWidth(line)).toBeLessThan(width);
  });

  it('must show those that run where the terminal is too low for all', () => {
    expect(progressLines(engines, { ...plainly, height: 6 }).map((line) => line.trim().split(/ +/).slice(0, 4).join(' '))).toEqual([
      'docker-26.1.5 0.2 s starting',
      'docker-28.5.2 1 min 5',
      'podman-5.4.2 3.2 s 12',
      '2 done, 1 waiting',
    ]);
  });

  it('must be updated in place on a terminal, and be gone when it is closed', async () => {
    let written = '';
    const terminal = { columns: 100, rows: 24, write: (text: string) => (written += text) } as unknown as NodeJS.WriteStream;
    const display = liveDisplay(terminal, { color: false });
    display.show(engines.slice(0, 2));
    while (!written.includes('\u001b[2A')) await new Promise((resolve) => setTimeout(resolve, 20));
    display.close();
    expect(written.startsWith(' docker-20.10.5')).toBe(true);
    expect(written.endsWith('\u001b[2A\u001b[0J')).toBe(true);
  });

  it('must be a line for each stage where there is no terminal, and no line twice', () => {
    const lines: string[] = [];
    const display = plainDisplay((line) => lines.push(line));
    display.show(engines);
    display.show(engines.map((it) => (it.stage.kind === 'judging' ? { ...it, stage: { ...it.stage, judged: 40 } } : it)));
    expect(lines).toEqual([
      'docker-26.1.5: starting',
      'docker-28.5.2: Preparing docker-28.5.2 from Debian forky: downloading 72 packages, 81 MB …',
      'podman-5.4.2: 50 claims',
      'podman-5.8.6: 2 conform · 2 deviate · 4 not applicable · 1 blocked · 1 error (4.2 s)',
      'podman-4.3.1: no results: podman-4.3.1 ended while it was starting (100 ms)',
    ]);
  });
});
