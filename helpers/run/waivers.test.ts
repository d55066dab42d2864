import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import semver from 'semver';
import { catalogue } from '../../fixtures/claims';
import { engines } from '../../fixtures/engines';
import { waivers } from '../../fixtures/waivers';
import type { Waiver } from '../../fixtures/waivers/model';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { engineWith } from '../selftest/samples';
import { exitStatus } from '../base/user-error';
import { readWaivers, waiverBeside, waiversFor } from './waivers';

afterAll(cleanUp);

const id = (catalogue[0] as (typeof catalogue)[number]).id;
const waiver: Waiver = {
  claim: id,
  engine: { kind: 'podman', versions: '>=5 <6' },
  reason: 'by design',
  link: 'https://example.org/1',
  expires: '2027-06-30',
};
const podman = engineWith({ id: 'podman-5.8.6', kind: 'podman', version: '5.8.6' });

describe('the waivers of an engine', () => {
  it('must be those of its kind, version and mode', () => {
    const concerns = (features: Partial<Waiver['engine']>) =>
      waiversFor(podman, [{ ...waiver, engine: { ...waiver.engine, ...features } }], undefined).size === 1;
    expect(concerns({})).toBe(true);
    expect(concerns({ kind: 'docker' })).toBe(false);
    expect(concerns({ versions: '4.x' })).toBe(false);
    expect(concerns({ mode: 'rootless' })).toBe(false);
    expect(waiversFor({ ...podman, id: 'podman-5.8.6+rootless' }, [waiver], undefined).size).toBe(1);
    expect(
      waiversFor({ ...podman, id: 'podman-5.8.6+rootless' }, [{ ...waiver, engine: { ...waiver.engine, mode: 'rootless' } }], undefined)
        .size,
    ).toBe(1);
  });

  it("must be the user's own where both know of a deviation, and say whose they are", () => {
    const users = { file: 'mine.json', waivers: [{ claim: id, reason: 'ours', link: 'https://example.org/2', expires: '2027-01-01' }] };
    expect([...waiversFor(podman, [waiver], users).values()]).toEqual([
      { claim: id, reason: 'ours', link: 'https://example.org/2', expires: '2027-01-01', from: 'mine.json' },
    ]);
    expect([...waiversFor(podman, [waiver], undefined).values()]).toEqual([
      expect.objectContaining({ reason: 'by design', from: 'the suite' }),
    ]);
  });
});

describe('what a waiver means beside a verdict', () => {
  const inForce = { claim: id, reason: 'by design', link: 'https://example.org/1', expires: '2027-06-30', from: 'the suite' };
  const stateOf = (verdict: Parameters<typeof waiverBeside>[0], today = '2027-06-30') => waiverBeside(verdict, inForce, today)?.state;

  it('must be an accepted deviation until its last day, and a mere deviation after it', () => {
    expect(waiverBeside('deviates', inForce, '2027-06-30')).toEqual({
      state: 'applies',
      reason: 'by design',
      link: 'https://example.org/1',
      expires: '2027-06-30',
      from: 'the suite',
    });
    expect(stateOf('deviates', '2027-06-29')).toBe('applies');
    expect(stateOf('deviates', '2027-07-01')).toBe('expired');
  });

  it('must be needless where nothing deviates, and nothing where nothing was seen', () => {
    expect(stateOf('conforms')).toBe('needless');
    expect(stateOf('not-applicable')).toBe('needless');
    expect(stateOf('blocked')).toBeUndefined();
    expect(stateOf('error')).toBeUndefined();
    expect(waiverBeside('deviates', undefined, '2027-06-30')).toBeUndefined();
  });
});

describe("the suite's own waivers", () => {
  it('must name claims that exist, versions that are a range, a link and a day', () => {
    const file = path.join(temporaryDirectory(), 'waivers.json');
    writeFileSync(file, JSON.stringify(waivers));
    expect(readWaivers(file).waivers).toHaveLength(waivers.length);
  });

  it('must each concern an engine that can be had, and none the same claim of an engine twice', () => {
    for (const { kind, version } of engines) {
      const concerning = waivers
        .filter((it) => it.engine.kind === kind && it.engine.mode === undefined && semver.satisfies(version, it.engine.versions))
        .map(({ claim }) => claim);
      expect(new Set(concerning).size).toBe(concerning.length);
    }
    const newest = semver.rsort(engines.flatMap(({ kind, version }) => (kind === 'docker' ? [version] : [])))[0] ?? '';
    for (const { engine } of waivers) {
      const ofDebian = engines.some(({ kind, version }) => kind === engine.kind && semver.satisfies(version, engine.versions));
      // what Debian does not have yet comes as an archive of Docker's programs
      const ofAnArchive = engine.kind === 'docker' && semver.intersects(engine.versions, `>${newest}`);
      expect({ engine, had: ofDebian || ofAnArchive }).toEqual({ engine, had: true });
    }
  });
});

describe("a user's file of waivers", () => {
  const folder = temporaryDirectory();
  const refusal = (content: string) => {
    const file = path.join(folder, 'waivers.json');
    writeFileSync(file, content);
    try {
      readWaivers(file);
      return undefined;
    } catch (error) {
      return { ...(error as { message: string; status: number }), message: (error as Error).message };
    }
  };

  it('may name an engine, and need not', () => {
    expect(
      refusal(JSON.stringify([waiver, { ...waiver, engine: undefined }, { ...waiver, engine: { kind: 'docker', versions: '*' } }])),
    ).toBeUndefined();
  });

  it.each([
    ['[{', 'is not a file of waivers'],
    ['[\n  {\n  x', 'is not a file of waivers: it is not JSON, or it was cut short (line 3, column 3)'],
    [JSON.stringify({}), 'expected array'],
    [JSON.stringify([{ ...waiver, claim: 'no.such-claim' }]), 'there is no claim "no.such-claim"'],
    [JSON.stringify([{ ...waiver, expires: 'never' }]), '[0].expires'],
    [JSON.stringify([{ ...waiver, link: 'somewhere' }]), '[0].link'],
    [JSON.stringify([{ ...waiver, engine: { kind: 'podman', versions: 'newer' } }]), '[0].engine.versions is not a range of versions'],
  ])('must be refused in one line where it is broken: %s', (content, why) => {
    const refused = refusal(content);
    expect(refused).toMatchObject({ status: exitStatus.usage, message: expect.stringContaining(why) });
    expect(refused?.message).not.toMatch(/\n| {2}/);
    expect(refused).toMatchObject({ remedy: expect.stringContaining('claim, reason, link, expires') });
  });

  it('must be there', () => {
    expect(() => readWaivers(path.join(folder, 'absent.json'))).toThrow('cannot be read (ENOENT)');
    try {
      readWaivers(path.join(folder, 'absent.json'));
    } catch (error) {
      expect(error).toMatchObject({ remedy: expect.stringContaining('exists'), cause: expect.objectContaining({ code: 'ENOENT' }) });
    }
  });
});
