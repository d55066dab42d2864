import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, engineAnswers, engineOnSocket } from '../selftest/fake-engine';
import { knownPlaces } from './known-places';

afterAll(cleanUp);

const containers = [
  {
    Id: 'a1'.repeat(32),
    State: 'running',
    Names: ['/shop-web-1'],
    Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' },
  },
  { Id: 'b2'.repeat(32), State: 'exited', Names: ['/alone'], Labels: {} },
];

describe('the places of an engine', () => {
  it('must be its containers and services, and its host', async () => {
    const socket = await engineOnSocket((request, response) => {
      if (request.url?.startsWith('/containers/json'))
        response.setHeader('Content-Type', 'application/json').end(JSON.stringify(containers));
      else engineAnswers(request, response);
    });
    await expect(knownPlaces({ DOCKER_HOST: `unix://${socket}` })).resolves.toEqual({
      sources: ['host', 'web', 'shop-web-1', 'alone'],
      projects: ['shop'],
    });
  });

  it('must be its host alone where no engine answers', async () => {
    await expect(knownPlaces({ DOCKER_HOST: 'unix:///nonexistent.sock' })).resolves.toEqual({ sources: ['host'], projects: [] });
  });
});
