import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { faults } from '../../fixtures/faults';
import { trialFaults } from '../../fixtures/faults/trials';
import { planOf } from './plan';

const engine = { id: 'docker-28.5.2', kind: 'docker' };
const folder = '/nowhere';
const areas = [...new Set(catalogue.map(({ area }) => area))].filter((area) => area !== 'document');
const runIds = (asked: Partial<Parameters<typeof planOf>[0]>) =>
  planOf({ selected: catalogue, engine, folder, ...asked }).runs.map(({ id }) => id);

describe('the plan of a kill matrix', () => {
  it('must have a lab for each fault of the document, one for each other area, and the changed answers', () => {
    const plan = planOf({ selected: catalogue, engine, folder });
    expect(plan.runs.map(({ id }) => id).sort()).toEqual(
      ['no fault', 'changed answers', ...areas.map((area) => `trials of ${area}`), ...plan.faults.map(({ id }) => id)].sort(),
    );
    expect(plan.areas).toHaveLength(areas.length);
  });

  it('must try of an area only what was selected', () => {
    const [area = ''] = areas;
    const [claim] = catalogue.filter((it) => it.area === area);
    const plan = planOf({ selected: claim ? [claim] : [], engine, folder });
    expect(plan.runs).toEqual([
      {
        id: `trials of ${area}`,
        args: [
          '--engine',
          engine.id,
          '--claim',
          claim?.id,
          '--trials',
          `${folder}/trials-${area}.ndjson`,
          '--mutants',
          `${folder}/mutants-of-${area}.json`,
        ],
      },
    ]);
    expect(plan.healthy).toBeUndefined();
  });

  it('must make each fault and each area part of just one sample', () => {
    const sampled = [1, 2, 3].flatMap((part) => runIds({ sample: `${part}/3` })).filter((id) => id !== 'no fault');
    expect(sampled.sort()).toEqual(
      runIds({})
        .filter((id) => id !== 'no fault' && id !== 'changed answers')
        .sort(),
    );
  });

  it('must try one fault by its name, wherever it belongs', () => {
    const [trial] = trialFaults.filter(({ engines }) => !engines);
    expect(runIds({ fault: [faults[0]?.id ?? ''] })).toEqual(['no fault', faults[0]?.id]);
    if (trial) expect(runIds({ fault: [trial.id] }).every((id) => id.startsWith('trials of '))).toBe(true);
    expect(() => planOf({ selected: catalogue, engine, folder, fault: ['no.such'] })).toThrow('There is no fault "no.such"');
  });
});
