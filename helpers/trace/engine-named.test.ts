import { describe, expect, it } from '@jest/globals';
import { engineNamed } from './engine-named';

describe('the engine of a trace', () => {
  it('must be the one at an address, whatever the environment says', async () => {
    await expect(engineNamed('tcp://build-7:2375', { DOCKER_HOST: 'unix:///elsewhere' })).resolves.toEqual({
      kind: 'tcp',
      host: 'build-7',
      port: 2375,
      found: '--engine',
    });
  });

  it('must be refused where it would be one in a lab, or a context that there is not', async () => {
    await expect(engineNamed('docker-28')).rejects.toMatchObject({ status: 2 });
    await expect(engineNamed('nowhere', { DOCKER_CONFIG: '/nonexistent' })).rejects.toMatchObject({ name: 'UserError' });
  });
});
