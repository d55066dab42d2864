import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { everydayFaults } from '../../../fixtures/faults/everyday';
import { note } from '../../base/output';
import { connectTimeoutSeconds } from '../../vantage/fetch';
import { faultsOfKillMatrix } from './of-kill-matrix';
import { tryFault, type Tried } from '../../bench/causes/try-fault';

/** Which faults are tried: `all`, or ids or their beginnings, joined by commas. Without it, some. */
const chosen = process.env['CAUSES'];

/** File for what became of each fault, as JSON, where somebody wants it. */
const file = process.env['CAUSES_FILE'];

/** What is tried each time. */
const sample = [
  'nft.set-holds-the-client',
  'inside.server-redirects',
  'tc.filter-leads-to-a-full-queue',
  'server.is-silent-beside-another-mtu',
  'veth.on-the-other-bridge',
];

/** Milliseconds for a lab, a diagnosis and two remedies on a busy machine. */
const timeLimit = 120_000;

describe('the cause of a fault as engineers meet it', () => {
  const ids = chosen === undefined ? sample : chosen.split(',');
  const faults = [...everydayFaults, ...faultsOfKillMatrix].filter(
    ({ id }) => chosen === 'all' || ids.some((it) => id === it || id.startsWith(`${it}.`)),
  );
  const tried: Tried[] = [];

  it.each(faults.map((fault): [string, (typeof faults)[number]] => [`${fault.id}: ${fault.title}`, fault]))(
    'must be named, or be unknown, and its remedy must mend: %s',
    async (_, fault) => {
      const row = await tryFault(fault);
      tried.push(row);
      note(
        `${row.named} ${row.fault} (${row.outcome}): ${row.code}, ${row.summary}; remedy ${row.remedied}: ${row.remedy} (${row.milliseconds} ms, ${(row.milliseconds / connectTimeoutSeconds / 1000).toFixed(1)} of the probe's time limits)`,
      );
      if (file !== undefined) writeFileSync(file, JSON.stringify(tried, undefined, 2));
      expect(row).toMatchObject({ named: 'right', remedied: expect.stringMatching(/^(mends|words)$/) });
    },
    timeLimit,
  );
});

describe('the faults as engineers meet them', () => {
  const having = (trait: string) => everydayFaults.filter(({ traits }) => traits.some((it) => it === trait)).length;

  it('must be of all kinds', () => {
    expect(everydayFaults.length).toBeGreaterThanOrEqual(40);
    expect(everydayFaults.filter(({ truth }) => truth.mends === undefined)).toEqual([]);
    expect(new Set(everydayFaults.map(({ id }) => id)).size).toBe(everydayFaults.length);
    expect(having('beside something harmless')).toBeGreaterThanOrEqual(10);
    expect(having('in two networks')).toBeGreaterThanOrEqual(10);
    expect(having('inside a container')).toBeGreaterThanOrEqual(5);
    expect(having('of nft')).toBeGreaterThanOrEqual(5);
  });
});
