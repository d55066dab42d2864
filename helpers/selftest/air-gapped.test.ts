import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { runTimeLimit } from './broken-lab';
import { commandLine } from './command-line';
import { cleanUp, temporaryDirectory } from './fake-engine';

afterAll(cleanUp);

describe('a machine where nothing can be fetched', () => {
  it(
    'must judge the document on an engine that another machine has written into a file',
    async () => {
      const file = path.join(temporaryDirectory(), 'engines.tgz');
      const written = await commandLine(['engines', 'export', file], { timeout: runTimeLimit });
      expect(written).toMatchObject({ status: 0, printed: expect.stringContaining(`engines import ${file}`) });

      const env = { XDG_CACHE_HOME: temporaryDirectory() };
      // a network namespace has no route, and not even its loopback is up
      const there = (args: string[]) => commandLine(args, { env, through: ['unshare', '--net'], timeout: runTimeLimit });
      expect(await there(['engines', 'import', file])).toMatchObject({
        status: 0,
        printed: expect.stringMatching(/^docker-[\d.]+ is ready/),
      });
      const judged = await there(['run', '--area', 'document']);
      expect({ status: judged.status, unjudged: judged.unjudged(), deviating: judged.with('deviates') }).toEqual({
        status: 0,
        unjudged: [],
        deviating: [],
      });
      expect(judged.with('conforms').length).toBeGreaterThan(40);
    },
    3 * runTimeLimit,
  );
});
