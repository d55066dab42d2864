import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { exitStatus, UserError } from '../base/user-error';
import { selectClaims, specFile, type Selection } from './selection';

const [first, second] = catalogue.map(({ id }) => id) as [string, string];

function refusal(selection: Selection): UserError {
  try {
    selectClaims(selection);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it selected something');
}

describe('a selection', () => {
  it('must be everything where nothing is said, in the order of the catalogue', () => {
    expect(selectClaims({})).toEqual(catalogue);
    expect(selectClaims({ area: [], claim: [], level: [] })).toEqual(catalogue);
  });

  it('must widen with several values of one kind, in the order of the catalogue and each once', () => {
    expect(selectClaims({ claim: [second, first, second] }).map(({ id }) => id)).toEqual([first, second]);
    expect(selectClaims({ level: ['must', 'should', 'observed'] })).toEqual(catalogue);
  });

  it('must narrow with several kinds', () => {
    const observed = selectClaims({ area: ['document'], level: ['observed'] });
    expect(observed.length).toBeGreaterThan(0);
    expect(observed.every(({ area, level }) => area === 'document' && level === 'observed')).toBe(true);
  });

  it('must take the beginning of an id, up to a dot, and patterns', () => {
    const ids = (selection: Selection) => selectClaims(selection).map(({ id }) => id);
    const all = catalogue.map(({ id }) => id);
    expect(ids({ claim: ['bridge.default'] })).toEqual(all.filter((id) => id.startsWith('bridge.default.')));
    expect(ids({ claim: ['*.peers-*'] })).toEqual(all.filter((id) => id.includes('.peers-')));
    expect(ids({ claim: [first, 'bridge.default'] })).toEqual(all.filter((id) => id === first || id.startsWith('bridge.default.')));
    expect(refusal({ claim: ['bridge.def'] }).message).toBe('There is no claim "bridge.def".');
  });

  it('must leave out what is named with not: claims, beginnings, patterns and areas', () => {
    const ids = (selection: Selection) => selectClaims(selection).map(({ id }) => id);
    expect(ids({ not: [first] })).toEqual(catalogue.slice(1).map(({ id }) => id));
    expect(ids({ not: ['document'] })).toEqual(catalogue.filter(({ area }) => area !== 'document').map(({ id }) => id));
    expect(ids({ area: ['document'], not: ['bridge.*'] })).toEqual(
      catalogue.filter(({ id, area }) => area === 'document' && !id.startsWith('bridge.')).map(({ id }) => id),
    );
    expect(refusal({ not: ['no.such-claim'] }).message).toBe('There is no claim or area "no.such-claim".');
    expect(refusal({ claim: [first], not: [first] }).status).toBe(exitStatus.usage);
  });

  it('must narrow to those that failed before', () => {
    expect(selectClaims({ failed: [second] }).map(({ id }) => id)).toEqual([second]);
    expect(refusal({ claim: [first], failed: [second] }).status).toBe(exitStatus.usage);
  });

  it.each<[string, Selection, string]>([
    ['claim', { claim: ['bridge.default.peers-reach-eachother'] }, 'bridge.default.peers-reach-each-other'],
    ['claim', { claim: ['host.stop-print-the-name'] }, 'host.stop-prints-the-name'],
    ['area', { area: ['documnt'] }, 'document'],
    ['level', { level: ['observe'] }, 'observed'],
  ])('must refuse an unknown %s with status 2, and suggest the one that was meant', (kind, selection, meant) => {
    const error = refusal(selection);
    expect(error.message).toMatch(new RegExp(`^There is no ${kind} ".*"\\.$`));
    expect(error.remedy).toContain(`Did you mean ${meant}?`);
    expect(error.status).toBe(exitStatus.usage);
  });

  it.each(['', 'x', 'zzzzzzzz', '*'])('must refuse %j with status 2 and suggest nothing far-fetched', (word) => {
    for (const selection of [{ claim: [word] }, { area: [word] }, { level: [word] }]) {
      const { remedy, status } = refusal(selection);
      expect(remedy).not.toContain('Did you mean');
      expect(status).toBe(exitStatus.usage);
    }
  });

  it('must refuse one unknown word among known ones', () => {
    expect(refusal({ claim: [first, 'no.such-claim'] }).message).toBe('There is no claim "no.such-claim".');
  });

  it('must refuse with status 2 what nothing is in, because a run of nothing is no success', () => {
    const must = catalogue.find(({ level }) => level === 'must');
    const error = refusal({ claim: [must?.id ?? ''], level: ['observed'] });
    expect(error.message).toMatch(/^No claim is in all of the areas/);
    expect(error.status).toBe(exitStatus.usage);
  });

  it('must lead from a claim to its spec file', () => {
    expect(specFile({ area: 'document', section: 'host-mode' })).toBe('specs/document/host-mode.spec.ts');
  });
});
