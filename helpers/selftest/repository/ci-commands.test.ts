import { describe, expect, it } from '@jest/globals';
import { scripts } from '../../../package.json';
import { callsIn, understood, wordsToTheSuite } from '../ci-calls';
import { textOf, workflowFiles, yamlOf, type Workflow } from '../ci-files';
import { commandsIn, documents } from '../documents';

interface GitlabJob {
  before_script?: string[];
  script?: string[];
  after_script?: string[];
}

const runsOf = (file: string) => Object.values(yamlOf<Workflow>(file).jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
const gitlab = Object.values(yamlOf<Record<string, GitlabJob>>('docs/ci/gitlab-ci.yml')).flatMap((job) => [
  ...(job.before_script ?? []),
  ...(job.script ?? []),
  ...(job.after_script ?? []),
]);
const jenkins = [...textOf('docs/ci/Jenkinsfile').matchAll(/^\s*sh '(.*)'$/gm)].map(([, script = '']) => script);

const files: [string, string[]][] = [
  ...workflowFiles.filter((file) => file !== '.github/workflows/release.yml').map((file): [string, string[]] => [file, runsOf(file)]),
  ['docs/ci/gitlab-ci.yml', gitlab],
  ['docs/ci/Jenkinsfile', jenkins],
  ...documents.map((file): [string, string[]] => [file, commandsIn(file)]).filter(([, commands]) => commands.length > 0),
];

describe('command lines that are shown or run elsewhere', () => {
  it.each(files)('must be such as the suite understands: %s', async (_, shown) => {
    const calls = (await Promise.all(shown.map(callsIn))).flat();
    const toTheSuite = calls.flatMap((call) => [wordsToTheSuite(call)].filter((words) => words !== undefined));
    expect(toTheSuite.length).toBeGreaterThan(0);
    // what stands behind -- is for Jest
    for (const words of toTheSuite)
      await expect(understood(words.includes('--') ? words.slice(0, words.indexOf('--')) : words)).resolves.toBeDefined();
    const npmScripts = calls.filter(([command, run]) => command === 'npm' && run === 'run').map(([, , name]) => name);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(npmScripts));
  });

  it('must be told from such as it does not', async () => {
    const [call = []] = await callsIn('CI=true sudo env A=b npx docker-network-conformance run --claim "$NONE" \'a b\' --stict');
    expect(call).toEqual(['npx', 'docker-network-conformance', 'run', '--claim', '', 'a b', '--stict']);
    await expect(understood(wordsToTheSuite(call) ?? [])).rejects.toThrow("unknown option '--stict'");
    await expect(understood(['merge'])).rejects.toThrow("missing required argument 'file'");
  });
});
