import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKernelRelay } from './kernel-relay';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

/** Echoes what it hears, and lets one connection wait while it is slow to take another. */
const slowServer = `
use Socket; socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un($ARGV[0])); listen($s, 1);
$| = 1; print "ready\\n"; select(undef, undef, undef, 0.5);
while (accept(my $c, $s)) { while (sysread($c, my $b, 99)) { syswrite($c, $b) } close($c) }`;

describe('what leads connections into a guest', () => {
  it('must let those wait that the emulator would refuse', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'relay-'));
    undo.push(() => rmSync(folder, { recursive: true }));
    const server = spawn('perl', ['-e', slowServer, join(folder, 'up')], { stdio: ['ignore', 'pipe', 'inherit'] });
    undo.push(() => server.kill());
    await once(server.stdout, 'data');
    undo.push(await startKernelRelay(join(folder, 'down'), join(folder, 'up')));
    const answers = Array.from({ length: 8 }, async (_, index) => {
      const client = connect(join(folder, 'down'));
      client.end(`hello ${index}`);
      let heard = '';
      for await (const piece of client) heard += String(piece);
      return heard;
    });
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 8 }, (_, index) => `hello ${index}`));
  });
});
