import { describe, expect, it } from '@jest/globals';
import { engineWith } from '../selftest/samples';
import { howToEnter, notesOn, reachedBy } from './wording';

const kept = [
  { name: 'nginx01', containerName: 'calm_fox' },
  { name: 'nginx02', containerName: 'shy_owl' },
];

describe('how to enter what was kept', () => {
  it('names a command for each container, by the name that its claim uses', () => {
    expect(howToEnter(kept, { host: { kind: 'here', samePids: true } }).split('\n')).toEqual([
      '',
      'Kept for claims that failed; enter with',
      '  nginx01  docker exec -it calm_fox sh',
      '  nginx02  docker exec -it shy_owl sh',
      'Ctrl-C removes them and writes the reports.',
    ]);
  });

  it("enters a lab with the lab's own client, and its host", () => {
    const text = howToEnter(kept, { host: { kind: 'lab', enter: ['nsenter', '-t', '7'] }, cli: ['nsenter', '-t', '7', 'docker'] });
    expect(text).toContain('  nginx01  nsenter -t 7 docker exec -it calm_fox sh\n');
    expect(text).toContain('  host     nsenter -t 7 sh\n');
  });

  it('enters a host that is out of reach through its helper container', () => {
    expect(howToEnter(kept, { host: { kind: 'helper', containerId: 'a'.repeat(64) } })).toContain(
      `  host     docker exec -it ${'a'.repeat(12)} sh\n`,
    );
  });
});

describe('how an engine was reached', () => {
  it('says where it was found and where its host is seen from', () => {
    expect(reachedBy({ kind: 'unix', path: '/run/docker.sock', found: 'default socket' }, { kind: 'here', samePids: true })).toBe(
      'default socket, unix:///run/docker.sock; its host is this network namespace',
    );
    expect(reachedBy(undefined, { kind: 'lab', enter: [] })).toBe(
      'a lab of this run, in private namespaces; its host is seen from inside the lab',
    );
    expect(reachedBy(undefined, { kind: 'lab', enter: [] }, '7.2.12-cloud, emulated with qemu 11.1.2')).toBe(
      'a lab of this run, on a kernel of its own (7.2.12-cloud, emulated with qemu 11.1.2); its host is seen from inside the lab',
    );
    expect(reachedBy({ kind: 'unix', path: '/run/docker.sock', found: 'default socket' }, { kind: 'unseen', why: 'refused' })).toContain(
      '; its host is not looked at, since',
    );
  });
});

describe('notes on an engine', () => {
  const bridge = { id: 'b', subnet: '10.99.0.0/24', gateway: '10.99.0.1', ipv6: false, options: {} };

  it('must say that the default bridge has another range, and why if that is known', () => {
    expect(notesOn(engineWith({ defaultBridge: bridge }), 'its operator said so')).toEqual([
      'the default bridge has 10.99.0.0/24 instead of 172.17.0.0/16: its operator said so; addresses are judged against it',
    ]);
    expect(notesOn(engineWith({ defaultBridge: bridge }), undefined)[0]).toContain('nothing explains it');
    expect(notesOn(engineWith({ kind: 'podman', defaultBridge: { ...bridge, subnet: '10.88.0.0/16' } }), undefined)[0]).toContain(
      "it is Podman's own default",
    );
    expect(notesOn(engineWith({ kind: 'podman', defaultBridge: bridge }), undefined)[0]).toContain('nothing explains it');
  });

  it('must say that there is no default bridge', () => {
    expect(notesOn(engineWith({ defaultBridge: undefined }), undefined)).toEqual(['the engine runs without a default bridge']);
  });

  it('must say whose network the host of a rootless Docker is', () => {
    expect(notesOn(engineWith({ rootless: true }), undefined)).toEqual([
      expect.stringContaining('the network namespace that rootlesskit made'),
    ]);
    expect(notesOn(engineWith({ kind: 'podman', rootless: true }), undefined)).toEqual([]);
  });

  it('must be silent on the documented range', () => {
    expect(notesOn(engineWith({ defaultBridge: { ...bridge, subnet: '172.17.0.0/16' } }), undefined)).toEqual([]);
  });
});
