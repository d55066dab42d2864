import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { changesSince, mustAskTheSame, readEarlier } from './compare';
import { renderTracePage } from './page';
import { traceSchema, type TraceResults } from './results';
import { sampleTrace } from './sample-trace';
import { renderTrace } from './text';

const works: TraceResults = {
  ...sampleTrace,
  reached: true,
  hops: sampleTrace.hops.map((hop) =>
    hop.layer === 'listener'
      ? { ...hop, state: 'ok', seen: ['TCP port 5432: 0.0.0.0:5432, postgres (process 99)'] }
      : { ...hop, state: 'ok', seen: hop.seen.map((line) => line.replace('vethaf4f3af', 'veth0000001')) },
  ),
};
delete works.cause;

const folder = mkdtempSync(path.join(tmpdir(), 'trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a trace as text', () => {
  const text = renderTrace(sampleTrace, { color: false });

  it('must say the verdict first, each hop with its mark, and the cause with its remedy', () => {
    expect(text.split('\n')[0]).toBe('shop-web-1 -> db:5432 over TCP: not reached');
    expect(text).toMatch(/✓ source +shop-web-1 +running\n/);
    expect(text).toMatch(/\? rules +host +not looked at\n/);
    expect(text).toMatch(/✗ listener +shop-db-1 +TCP port 5432/);
    expect(text).toMatch(/cause +the server .* \(target\.loopback-only\)\n +remedy +Let it listen/);
  });

  it('must not print a long proof to its end', () => {
    expect(text).toContain('socket 5\n');
    expect(text).not.toContain('socket 6');
    expect(text).toContain('3 more lines');
  });
});

describe('a trace as a page', () => {
  const page = renderTracePage(sampleTrace);

  it('must load nothing, and have what it was told in no other form than text', () => {
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(page).toContain('172.18.0.3: &#60;refused&#62;');
  });

  it('must draw a box for each hop, and one break', () => {
    expect(page.match(/<rect /g)?.length).toBe(sampleTrace.hops.length + 3);
    expect(page.match(/stroke-width="2.5"/g)?.length).toBe(1);
  });
});

describe('what is different from an earlier trace', () => {
  it('must be the verdict and what was told of a layer, without names that are others each time', () => {
    const changes = changesSince(works, sampleTrace);
    expect(changes.map(({ what }) => what)).toEqual(['verdict', 'rules', 'listener']);
    expect(changes.at(-1)).toEqual({
      what: 'listener',
      was: ['shop-db-1: TCP port 5432: 0.0.0.0:5432, postgres'],
      is: ['shop-db-1: TCP port 5432: 127.0.0.1:5432, postgres'],
    });
  });

  it('must be nothing where all is as it was', () => {
    expect(changesSince(sampleTrace, sampleTrace)).toEqual([]);
    const text = renderTrace({ ...sampleTrace, compared: { with: sampleTrace.startedAt, changes: [] } }, { color: false });
    expect(text).toContain('Nothing is different');
  });

  it('must be read from what was written, and from nothing else', () => {
    const [good, bad, other] = ['good', 'bad', 'other'].map((name) => path.join(folder, `${name}.json`)) as [string, string, string];
    writeFileSync(good, JSON.stringify(sampleTrace));
    writeFileSync(bad, '{');
    writeFileSync(other, '{"schemaVersion":1}');
    expect(readEarlier(good)).toEqual(sampleTrace);
    for (const file of [bad, other, path.join(folder, 'none.json')])
      expect(() => readEarlier(file)).toThrow(expect.objectContaining({ name: 'UserError', status: 2 }));
  });

  it('must be refused for a trace of something else', () => {
    expect(() => mustAskTheSame(sampleTrace.asked, { to: 'db:80', transport: 'tcp' })).toThrow(/went to db:5432/);
    expect(() => mustAskTheSame(sampleTrace.asked, sampleTrace.asked)).not.toThrow();
  });
});

describe('the format', () => {
  it('must keep what a trace found', () => {
    expect(traceSchema.parse(JSON.parse(JSON.stringify(sampleTrace)))).toEqual(sampleTrace);
  });
});
