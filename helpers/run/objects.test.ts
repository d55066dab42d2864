import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type Dockerode from 'dockerode';
import { connect } from '../engine/connect';
import { startTime } from '../state/owner';
import { cleanUp, engineAnswers, listening, temporaryDirectory } from '../selftest/fake-engine';
import {
  labelsOf,
  ownObjects,
  projectPrefix,
  pulledImage,
  removeObjects,
  runImage,
  runLabel,
  runsObjects,
  type OwnObject,
} from './objects';

afterAll(cleanUp);

const ownerLabel = Object.keys(labelsOf('r1')).find((label) => label !== runLabel) ?? '';
const hour = 60 * 60 * 1000;

interface Objects {
  containers?: { Id: string; Labels: Record<string, string>; Created?: number; ImageID?: string }[];
  networks?: { Id: string; Labels: Record<string, string> | null }[];
  volumes?: { Name: string; Labels: Record<string, string> }[];
  tags?: string[];
  images?: { Id: string; RepoTags: string[]; Labels: Record<string, string> | null }[];
  /** status with which removals are answered; that of success unless given */
  removal?: number;
}

/** An engine that has these objects, and notes what it is asked to do. */
async function engineWithObjects({
  containers = [],
  networks = [],
  volumes = [],
  tags = [],
  images = [],
  removal,
}: Objects): Promise<{ docker: Dockerode; asked: string[] }> {
  const asked: string[] = [];
  const now = Date.now();
  const answers: Record<string, unknown> = {
    '/containers/json': containers.map(({ Created, ...container }) => ({
      Names: [`/name-${container.Id}`],
      Created: Math.floor((Created ?? now) / 1000),
      ...container,
    })),
    '/networks': networks.map((network) => ({ Name: `name-${network.Id}`, Created: new Date(now).toISOString(), ...network })),
    '/volumes': { Volumes: volumes },
    '/images/json': [{ Id: 'tagged', RepoTags: tags }, { Id: 'untagged', RepoTags: null }, ...images],
  };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://engine');
    asked.push(`${request.method} ${pathname} ${searchParams.get('filters') ?? searchParams.toString()}`.trim());
    if (request.method === 'DELETE') answerRemoval(response, removal ?? (pathname.startsWith('/images/') ? 200 : 204));
    else if (pathname in answers) response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answers[pathname]));
    else engineAnswers(request, response);
  });
  const socket = path.join(temporaryDirectory(), 'e.sock');
  await listening(server, socket);
  const { docker } = await connect({ kind: 'unix', path: socket, found: 'a test' });
  return { docker, asked };
}

function answerRemoval(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end({ 200: '[]', 204: '' }[status] ?? '{"message":"no"}');
}

const namesOf = (objects: readonly OwnObject[]) => objects.map(({ kind, name }) => `${kind} ${name}`);

/** Number and start of a process that has ended. */
async function deadProcess(): Promise<{ pid: number; started: string }> {
  const child = spawn('cat', { stdio: 'pipe' });
  const pid = child.pid ?? 0;
  const started = startTime(pid) ?? '';
  child.stdin.end();
  await once(child, 'exit');
  return { pid, started };
}

/** Labels as another process of this machine gives them. */
function labelsOfProcess(runId: string, { pid, started }: { pid: number; started: string }): Record<string, string> {
  const owner = labelsOf(runId)[ownerLabel] ?? '';
  return { ...labelsOf(runId), [ownerLabel]: [...owner.split('/').slice(0, -2), pid, started].join('/') };
}

const foreign = (runId: string) => ({ [runLabel]: runId, [ownerLabel]: 'other-boot/pid:[4026531836]/4242/100' });

describe('the labels of a run', () => {
  it('must say which run and which process, so that another one can tell whether it lives', () => {
    expect(labelsOf('r1')).toEqual({
      [runLabel]: 'r1',
      [ownerLabel]: expect.stringMatching(new RegExp(`/${process.pid}/${startTime(process.pid)}$`)),
    });
  });
});

describe('what runs have left on an engine', () => {
  it('must be what dead runs made, and nothing of a run that lives', async () => {
    const dead = await deadProcess();
    const { docker } = await engineWithObjects({
      containers: [
        { Id: 'dead', Labels: labelsOfProcess('r1', dead) },
        { Id: 'alive', Labels: labelsOf('r2') },
      ],
      networks: [
        { Id: 'dead', Labels: labelsOfProcess('r1', dead) },
        { Id: 'alive', Labels: labelsOf('r2') },
      ],
      volumes: [
        { Name: 'dead', Labels: labelsOfProcess('r1', dead) },
        { Name: 'alive', Labels: labelsOf('r2') },
      ],
    });
    expect(namesOf(await ownObjects(docker))).toEqual(['container name-dead', 'network name-dead', 'volume dead']);
  });

  it('must include that of a process whose number another one has by now', async () => {
    const reused = { pid: process.pid, started: '1' };
    const { docker } = await engineWithObjects({ containers: [{ Id: 'reused', Labels: labelsOfProcess('r1', reused) }] });
    expect(namesOf(await ownObjects(docker))).toEqual(['container name-reused']);
  });

  it('must not include that of another machine or container, however old: whether its run lives cannot be seen', async () => {
    const { docker } = await engineWithObjects({
      containers: [
        { Id: 'young', Labels: foreign('r1'), Created: Date.now() - hour },
        { Id: 'old', Labels: foreign('r2'), Created: Date.now() - 48 * hour },
      ],
      networks: [{ Id: 'old', Labels: foreign('r2') }],
      volumes: [{ Name: 'old', Labels: foreign('r2') }],
    });
    expect(await ownObjects(docker)).toEqual([]);
    expect((await runsObjects(docker)).map(({ life }) => life)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('must ask the engine for labelled objects only: those of others are none of its business', async () => {
    const { docker, asked } = await engineWithObjects({});
    await ownObjects(docker);
    const filters = JSON.stringify({ label: [runLabel] });
    expect(asked).toEqual(
      expect.arrayContaining([`GET /containers/json ${filters}`, `GET /networks ${filters}`, `GET /volumes ${filters}`]),
    );
  });

  it('must include the image of a dead run, and no image of a run that lives, or of others', async () => {
    const dead = await deadProcess();
    const alive = runImage('r2');
    const left = alive.replace(/:r2-/, ':r1-').replace(/-\d+-\d+$/, `-${dead.pid}-${dead.started}`);
    const elsewhere = alive.replace(/:r2-[0-9a-f]+-/, ':r3-00000000-');
    const { docker } = await engineWithObjects({ tags: [alive, left, elsewhere, 'nginx:latest', 'docker-network-conformance/run:mine'] });
    expect(await ownObjects(docker)).toEqual([{ kind: 'image', id: left, name: left, runId: 'r1' }]);
  });

  describe("the suite's own image", () => {
    const labels = { 'io.github.docker-network-conformance.image': 'nginx' };
    const own = 'docker-network-conformance/nginx:0123456789ab';
    const dead = async () => {
      const { pid, started } = await deadProcess();
      return runImage('r1').replace(/-\d+-\d+$/, `-${pid}-${started}`);
    };

    it('must be included where no run holds it any more, also after the tag of the run is gone', async () => {
      const left = await dead();
      const { docker } = await engineWithObjects({ images: [{ Id: 'i', RepoTags: [own, left], Labels: labels }] });
      expect(namesOf(await ownObjects(docker)).sort()).toEqual([`image ${own}`, `image ${left}`]);
      const { docker: later } = await engineWithObjects({ images: [{ Id: 'i', RepoTags: [`localhost/${own}`], Labels: labels }] });
      expect(namesOf(await ownObjects(later))).toEqual([`image localhost/${own}`]);
    });

    it.each([
      ['a run that lives', () => runImage('r2')],
      ['a run of another machine', () => runImage('r2').replace(/:r2-[0-9a-f]+-/, ':r2-00000000-')],
    ])('must not be included where %s holds it', async (_, hold) => {
      const left = await dead();
      const { docker } = await engineWithObjects({ images: [{ Id: 'i', RepoTags: [own, left, hold()], Labels: labels }] });
      expect(namesOf(await ownObjects(docker))).toEqual([`image ${left}`]);
    });

    it("must not be taken for one of a user's: a name alone, or another tag of it, is not enough", async () => {
      const { docker } = await engineWithObjects({
        images: [
          { Id: 'i', RepoTags: [own, 'mine:1'], Labels: null },
          { Id: 'j', RepoTags: ['mine:2'], Labels: labels },
        ],
      });
      expect(await ownObjects(docker)).toEqual([]);
    });
  });

  it('must include an image that a dead run has pulled, unless somebody has come to use it', async () => {
    const { pid, started } = await deadProcess();
    const mark = pulledImage('r1').replace(/-\d+-\d+$/, `-${pid}-${started}`);
    const images = [{ Id: 'i', RepoTags: ['nginx:latest', mark], Labels: null }];
    const { docker } = await engineWithObjects({ images });
    expect(namesOf(await ownObjects(docker)).sort()).toEqual([`image ${mark}`, 'image nginx:latest'].sort());
    const { docker: used } = await engineWithObjects({ images, containers: [{ Id: 'theirs', ImageID: 'i', Labels: {} }] });
    expect(namesOf((await ownObjects(used)).filter(({ kind }) => kind === 'image'))).toEqual([`image ${mark}`]);
    const { docker: users } = await engineWithObjects({ images: [{ Id: 'i', RepoTags: ['nginx:latest'], Labels: null }] });
    expect(await ownObjects(users)).toEqual([]);
  });
});

describe('what one run has made', () => {
  it('must be found although the run lives, and nothing of another run', async () => {
    const { docker, asked } = await engineWithObjects({
      containers: [{ Id: 'own', Labels: labelsOf('r1') }],
      tags: [runImage('r1'), runImage('r2')],
    });
    expect(namesOf(await ownObjects(docker, 'r1'))).toEqual(['container name-own', `image ${runImage('r1')}`]);
    expect(asked).toContain(`GET /containers/json ${JSON.stringify({ label: [`${runLabel}=r1`] })}`);
  });
});

describe('removing', () => {
  const objects = (['image', 'network', 'container', 'volume'] as const).map((kind): OwnObject => ({
    kind,
    id: kind,
    name: kind,
    runId: 'r1',
  }));

  it('must begin with containers, which hold everything else, and end with images', async () => {
    const { docker, asked } = await engineWithObjects({});
    await removeObjects(docker, objects);
    expect(asked.filter((it) => it.startsWith('DELETE')).map((it) => it.split(' ')[1])).toEqual([
      '/containers/container',
      '/networks/network',
      '/volumes/volume',
      '/images/image',
    ]);
  });

  it('must find what compose has brought up for runs that are dead, and none of a user', async () => {
    const { pid, started } = await deadProcess();
    const dead = `${projectPrefix('n0000000a').replace(/-\d+-\d+$/, `-${pid}-${started}`)}-shop`;
    const of = (project: string) => ({ 'com.docker.compose.project': project });
    const containers = [dead, `${projectPrefix('n0000000b')}-shop`, 'shop', 'dnc-shop'].map((it) => ({ Id: it, Labels: of(it) }));
    const { docker } = await engineWithObjects({
      containers,
      networks: [{ Id: 'net', Labels: of(dead) }],
      volumes: [{ Name: 'data', Labels: of(dead) }],
      images: [{ Id: 'built', RepoTags: [`${dead}-web:latest`], Labels: of(dead) }],
    });
    expect(namesOf(await ownObjects(docker))).toEqual([
      `container name-${dead}`,
      'network name-net',
      'volume data',
      `image ${dead}-web:latest`,
    ]);
    // a run takes its own down by compose
    expect(await ownObjects(docker, 'n0000000a')).toEqual([]);
  });

  it('must give up the holds of runs before the image, whose last tag an engine keeps while a container uses it', async () => {
    const tags = ['docker-network-conformance/nginx:a', runImage('r1')].map((id): OwnObject => ({
      kind: 'image',
      id,
      name: id,
      runId: 'r1',
    }));
    const { docker, asked } = await engineWithObjects({});
    await removeObjects(docker, tags);
    expect(asked.filter((it) => it.startsWith('DELETE')).map((it) => it.split(' ')[1])).toEqual([
      `/images/${runImage('r1')}`,
      '/images/docker-network-conformance/nginx:a',
    ]);
  });

  it.each([404, 409])('must take an object for removed where the engine answers %i', async (removal) => {
    const { docker } = await engineWithObjects({ removal });
    await expect(removeObjects(docker, objects)).resolves.toBeUndefined();
  });

  it('must not keep quiet about any other refusal', async () => {
    const { docker } = await engineWithObjects({ removal: 500 });
    await expect(removeObjects(docker, objects)).rejects.toMatchObject({ statusCode: 500 });
  });
});
