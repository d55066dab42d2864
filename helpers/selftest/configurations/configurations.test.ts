import { afterEach, describe, expect, it } from '@jest/globals';
import { note } from '../../base/output';
import type { Configuration } from '../../../fixtures/configurations';
import { controlFailed } from '../../claim/control';
import type { Lab } from '../../lab';
import type { ClaimResult } from '../../results/results';
import { configuredEngine, judge, onHost } from './configured-engine';
import { allConfigurations, together } from './together';

/**
 * Which configurations are tried through all areas: `all`, as `npm run configurations` has it, or ids joined by commas, of
 * which each may be several joined by `+`. Without it some are tried, through areas that they concern.
 */
const chosen = process.env['CONFIGURATIONS'];
const isWhole = chosen !== undefined;

/** What is tried each time, and in which areas. */
const sample: Readonly<Record<string, readonly string[]>> = {
  'userns-remap': ['document', 'host-mode'],
  'routed-bridges': ['icc', 'user-bridge'],
  'no-iptables': ['isolation', 'models'],
  'host-firewall': ['icc'],
};

/** Milliseconds for a start, a run and a short one, on a busy machine. */
const timeLimit = 2_400_000;

const labs: Lab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.stop()));
});

/** Reasons that have nothing to do with a setting: versions, what only a lab can have, what a helper on the host cannot see, and that a lab has nothing beyond its host. */
const settingsApart =
  /superseded in|holds since|only to one of its own|only a run in a lab|kernel makes no|kernel has no|API version|the host has no (IPv6 )?gateway/;

/** Claims that a setting kept from being judged, with their reasons. */
function keptBack(claims: readonly ClaimResult[]): string[] {
  const withReason = claims.flatMap(({ id, verdict, reason = '' }) =>
    verdict === 'blocked' || verdict === 'not-applicable' ? [`${id} ${verdict}: ${reason}`] : [],
  );
  return withReason.filter((it) => !settingsApart.test(it) && !it.startsWith(alsoBlockedWithoutSetting));
}

/** Where the host is seen by a helper, its files are not. */
const alsoBlockedWithoutSetting = `inspect.sandbox.key-is-the-network-namespace blocked: ${controlFailed}`;

describe('an engine that its operator has configured', () => {
  const tried =
    chosen === undefined || chosen === 'all'
      ? allConfigurations.filter(({ id }) => isWhole || sample[id] !== undefined)
      : chosen.split(',').map((ids) => together(ids.split('+')));

  it.each(tried.map((configuration): [string, Configuration] => [`${configuration.id}: ${configuration.title}`, configuration]))(
    'must not deviate, and must where it is broken besides: %s',
    async (_, configuration) => {
      const lab = await configuredEngine(configuration);
      labs.push(lab);
      const areas = isWhole ? [] : (sample[configuration.id] ?? []);
      const whole = await judge(lab, ...(areas.length > 0 ? ['--area', ...areas] : []));
      const { claims, notes, summary } = whole.results();
      note(`${configuration.id}: ${summary.conforms} conform in ${Math.round(whole.durationMs / 1000)} s`);
      expect(
        claims.flatMap(({ id, verdict, reason, waiver }) =>
          verdict === 'error' || (verdict === 'deviates' && waiver === undefined) ? [`${id} ${verdict}: ${reason}`] : [],
        ),
      ).toEqual([]);
      const unnamed = configuration.named ? keptBack(claims).filter((it) => !configuration.named?.test(it)) : keptBack(claims);
      expect({ unnamed, notes }).toMatchObject({ unnamed: [] });
      expect(whole.status).toBe(0);

      await onHost(lab, configuration.fault.script);
      const broken = await judge(lab, '--claim', ...configuration.fault.kills);
      expect(broken.with('deviates')).toEqual([...configuration.fault.kills].sort());
    },
    timeLimit,
  );
});
