import { afterAll, expect, it } from '@jest/globals';
import path from 'node:path';

import { cleanUp, engineOnSocket, temporaryDirectory } from '../selftest/fake-engine';
import { unusedSockets } from './unused-sockets';

afterAll(cleanUp);

it('names a rootless engine that Docker itself passes over', async () => {
  const runtime = temporaryDirectory();
  const socket = await engineOnSocket(undefined, path.join(runtime, 'docker.sock'));
  expect(unusedSockets({ HOME: runtime, XDG_RUNTIME_DIR: runtime })).toContainEqual({ owner: 'rootless Docker', path: socket });
  expect(unusedSockets({ HOME: runtime })).not.toContainEqual(expect.objectContaining({ path: socket }));
});
