import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser, installedBrowser } from './find';
import { openBrowser } from './index';

const environment = { ...process.env };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-browser-'));
  process.env['PATH'] = folder;
  delete process.env['CHROME_PATH'];
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true, force: true });
});

function program(name: string, script = 'exit 1'): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('the browser of the machine', () => {
  it('is what the PATH has under one of its names', () => {
    const path = program('chromium');
    expect(installedBrowser()).toMatchObject({ program: path });
  });

  it('is Chrome before Chromium', () => {
    program('chromium');
    const path = program('google-chrome');
    expect(installedBrowser()).toMatchObject({ program: path });
  });

  it('is what CHROME_PATH names, whatever else there is', () => {
    program('google-chrome');
    const path = program('of-the-user');
    process.env['CHROME_PATH'] = path;
    expect(installedBrowser()).toMatchObject({ program: path });
  });

  it('is none when there is none', () => {
    expect(installedBrowser()).toBeUndefined();
  });

  it('is taken, and nothing is fetched', async () => {
    const path = program('chromium');
    const told: string[] = [];
    expect(await findBrowser((line) => told.push(line))).toMatchObject({ program: path });
    expect(told).toEqual([]);
  });
});

describe('a machine without a browser', () => {
  it.each([
    ['CHROME_PATH names nothing', '/nowhere/chrome'],
    ['CHROME_PATH names a folder', '/usr'],
  ])('says so when %s', (_, path) => {
    process.env['CHROME_PATH'] = path;
    expect(installedBrowser).toThrow(expect.objectContaining({ name: 'UserError', message: expect.stringContaining(path) }));
  });

  it('says what is missing, and what would help, when none can be had either', async () => {
    await expect(openBrowser()).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/none of google-chrome, .* is on the PATH.*CHROME_PATH.*To leave such tests out/s),
      remedy: expect.stringContaining('CHROME_PATH'),
    });
  });

  it.each([
    ['with its last words', 'echo "no display" >&2; exit 1', 'does not start: no display.'],
    ['without a word', 'exit 0', 'does not start: it ended without a word.'],
  ])('says so when the one that it has ends at once, %s', async (_, script, words) => {
    program('chromium', script);
    await expect(openBrowser()).rejects.toMatchObject({ name: 'UserError', message: expect.stringContaining(words) });
  });
});
