import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../base/process';

const folders: string[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const frame = (kind: string, text: string) => {
  const head = Buffer.alloc(5, kind);
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
};

/** The argv of the program that enters a guest, with an agent that does this with a connection. */
async function entering(agent: (connection: Socket) => void, ...words: string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'guest-'));
  folders.push(folder);
  const server = createServer(agent);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(join(folder, 'agent'), resolve));
  return [process.execPath, join(__dirname, 'guest/enter.cjs'), join(folder, 'agent'), 'x', ...words];
}

describe('the program that runs a command in a guest', () => {
  it('must hand on words and input, and give back both outputs and the status, in whatever pieces they come', async () => {
    const heard: Buffer[] = [];
    const argv = await entering(
      (connection) => {
        connection.on('data', (data) => {
          heard.push(data);
          if (!Buffer.concat(heard).includes(frame('c', ''))) return;
          const said = Buffer.concat([frame('o', 'out'), frame('e', 'err'), frame('o', 'put'), frame('x', '3')]);
          for (const [index] of said.entries()) connection.write(said.subarray(index, index + 1));
        });
      },
      'say',
      'it twice',
    );
    expect(await run(argv, { input: 'in' })).toEqual({ exitCode: 3, stdout: 'output', stderr: 'err' });
    const said = Buffer.concat(heard);
    expect(said.subarray(0, 5)).toEqual(Buffer.from([0x78, 0, 0, 0, 2]));
    expect(said.toString()).toContain('it twice');
    expect(said.includes(frame('i', 'in'))).toBe(true);
  });

  it('must fail and say so where nobody answers any more', async () => {
    const argv = await entering((connection) => connection.destroy(), 'true');
    expect(await run(argv)).toEqual({ exitCode: 125, stdout: '', stderr: 'the machine of the lab does not answer\n' });
  });
});
