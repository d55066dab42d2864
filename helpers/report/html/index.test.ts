import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../../fixtures/claims';
import { nasty, sampleResults } from '../../results/sample-results';
import { largeRun } from '../../results/sample-large';
import { restored, type Interned } from './page/interned';
import { renderReport, writeHtml } from './index';

const inner = (html: string, element: string): string => new RegExp(`<${element}>([^]*?)</${element}>`).exec(html)?.[1] ?? '';

describe('renderReport', () => {
  it('gives the same text for the same results', async () => {
    expect(await renderReport([sampleResults()])).toBe(await renderReport([sampleResults()]));
  });

  it('allows its own style and script, and nothing else', async () => {
    const html = await renderReport([sampleResults()]);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    const digest = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy).toBe(
      `default-src 'none'; style-src ${digest(inner(html, 'style'))}; script-src ${digest(inner(html, 'script'))}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(inner(html, 'style')).not.toMatch(/@import|url\(/);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toMatch(/<(img|iframe|object|embed)|\s(src|style|on[a-z]+)=/);
  });

  it('lets no markup of others through', async () => {
    const { claims, engine, host } = sampleResults();
    const evil = sampleResults({
      engine: { ...engine, name: nasty, reachedBy: nasty },
      notes: [nasty],
      host: { ...host, leftovers: [nasty] },
      claims: claims.map((it) => ({ ...it, title: nasty, section: nasty, reason: nasty })),
    });
    const html = await renderReport([evil, evil], [{ engine: nasty, reason: nasty }]);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).toContain('&lt;script>alert(&quot;x&quot;)');
  });

  it('shows verdicts, reasons and failures without its script', async () => {
    const html = await renderReport([sampleResults(), sampleResults()], [{ engine: 'podman-4.3.1', reason: 'it did not start' }]);
    const root = html.slice(html.indexOf('<div id="root">'));
    for (const { title } of sampleResults().claims)
      expect(root).toContain(
        title
          .replaceAll('&', '&amp;')
          .replaceAll('<', '&lt;')
          .replaceAll('"', '&quot;')
          .replace(/[^\u0020-\ud7ff].*/s, ''),
      );
    expect(root).toContain('it did not start');
    expect(root).toContain('docker-28.5.2, docker-28.5.2 (2)');
    expect(root).not.toMatch(/<a data-cell|<button|<select/);
  });

  it('carries its data, complete', async () => {
    const html = await renderReport([sampleResults()]);
    const packed = /id="data">([^<]*)</.exec(html)?.[1] ?? '';
    const data = restored(JSON.parse(inflateSync(Buffer.from(packed, 'base64')).toString()) as Interned) as {
      claims: { id: string; cells: { evidence: unknown[] }[] }[];
    };
    expect(data.claims.map(({ id }) => id)).toEqual(sampleResults().claims.map(({ id }) => id));
    expect(data.claims[1]?.cells[0]?.evidence).toEqual(sampleResults().claims[1]?.evidence);
  });

  it('has room for no claim, and for no results', async () => {
    expect(await renderReport([sampleResults({ claims: [] })])).toContain('No claim was judged.');
    expect(await renderReport([], [{ engine: 'docker-28.5.2', reason: 'it did not start' }])).toContain('it did not start');
  });

  it('stays below 2 MB with as many claims as the catalogue has, on seven engines', async () => {
    const runs = Array.from({ length: 7 }, (_, index) => largeRun(`docker-${String(index)}.0.0`, catalogue.length));
    expect((await renderReport(runs)).length).toBeLessThan(2_000_000);
  });
});

describe('writeHtml', () => {
  it('writes the page, or says that it cannot', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'html-'));
    try {
      const file = join(folder, 'sub', 'report.html');
      await writeHtml(file, [sampleResults()]);
      expect(readFileSync(file, 'utf8')).toBe(await renderReport([sampleResults()]));
      await expect(writeHtml(join(file, 'x.html'), [sampleResults()])).rejects.toThrow(/cannot be written/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
