import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { engines } from '../../fixtures/engines';
import type { Provisioner } from '../containers/nginx';
import { SetUpFailed } from '../claim/set-up';
import { readManifest } from '../lab/cache';
import { entryName } from '../lab/engine-root';
import { prepareLab } from '../lab';
import { timeFactorVariable } from '../base/pace';
import { cleanUp, temporaryDirectory } from '../selftest/fake-engine';
import { contextWith, engineWith } from '../selftest/samples';
import { OwnLabs } from './own-lab';

const [engine] = engines;
// without an engine in the cache there is nothing to start, and a unit test does not fetch one
const withEngine =
  process.getuid?.() === 0 && engine !== undefined && readManifest(entryName('template', engine)) !== undefined ? describe : describe.skip;

jest.setTimeout(60_000);

withEngine('a lab that claims share', () => {
  let labs: OwnLabs | undefined;
  afterEach(async () => {
    Reflect.deleteProperty(process.env, timeFactorVariable);
    await labs?.end();
    cleanUp();
  });

  it('must be started again for the next claim where it was too slow for one', async () => {
    const { engineId } = await prepareLab(undefined, () => undefined);
    const context = contextWith({
      directory: temporaryDirectory(),
      host: { kind: 'lab', enter: [] },
      engine: engineWith({ id: engineId }),
    });
    labs = new OwnLabs({ context } as Provisioner);
    process.env[timeFactorVariable] = '0.0001';
    await expect(labs.get([], '')).rejects.toEqual(
      expect.objectContaining({ name: new SetUpFailed('').name, message: expect.stringMatching(/did not answer within 0 s/) }),
    );
    Reflect.deleteProperty(process.env, timeFactorVariable);
    const own = await labs.get([], '');
    expect(await own.ask('GET', '/_ping')).toMatchObject({ status: 200 });
    expect(await labs.get([], '')).toBe(own);
  });
});
