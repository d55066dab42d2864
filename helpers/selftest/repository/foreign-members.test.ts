import path from 'node:path';
import { expect, it } from '@jest/globals';
import { run } from '../../base/process';
import { projectRoot } from '../../base/project';

/** What `npm run lint` says of a file with this text: the names that it must leave alone. */
async function leftAlone(text: string): Promise<string[]> {
  const eslint = path.join(projectRoot, 'node_modules/.bin/eslint');
  const asFile = path.join(projectRoot, 'helpers/containers/start.ts');
  const { stdout } = await run([eslint, '--stdin', '--stdin-filename', asFile, '--format', 'json'], { input: text, timeout: 120_000 });
  const [file] = JSON.parse(stdout) as { messages: { ruleId: string; message: string }[] }[];
  const found = (file?.messages ?? []).filter(({ ruleId }) => ruleId === 'suite/foreign-members');
  return found.map(({ message }) => message.replace(/ is .*/s, ''));
}

it('must hold every file to what testcontainers, Jest and dockerode offer to everybody', async () => {
  expect(
    await leftAlone(`
      import { NodeEnvironment } from 'jest-environment-node';
      import { GenericContainer, getContainerRuntimeClient } from 'testcontainers';
      export class Server extends GenericContainer {
        protected override networkMode = 'host';
        constructor() { super('nginx'); Object.assign(this.createOpts, { Tty: true }); }
      }
      export async function unwaited(): Promise<string> {
        const { container: client } = await getContainerRuntimeClient();
        client.inspect = () => Promise.reject(new Error('no'));
        return new GenericContainer('nginx')['imageName'].string;
      }
      export const allowed = async () => (await new GenericContainer('nginx').withNetworkMode('host').start()).getId();
      export class Environment extends NodeEnvironment { override async setup() { await super.setup(); } }
    `),
  ).toEqual(['networkMode', 'createOpts', 'inspect', "'imageName'"]);
}, 120_000);
