import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../base/process';
import { projectRoot } from '../base/project';
import { actionFile, actionFolder, yamlOf, type Action, type Step } from './ci-files';
import { expanded, holds, type Contexts } from './ci-github';
import { ownEnvironment } from './command-line';

/** What a step that uses another action does instead. @returns its outputs */
export type Stand = (action: string, inputs: Record<string, string>) => Record<string, string>;

export interface CompositeOptions {
  inputs?: Record<string, string>;
  /** variables on top of this process's own; `undefined` unsets one */
  env?: Record<string, string | undefined>;
  /** folder that stands for the checkout */
  workspace: string;
  stand?: Stand;
  /** milliseconds for each step */
  timeout?: number;
}

/** What became of the action. */
export interface Ran {
  failed: boolean;
  outputs: Record<string, string>;
  /** steps that ran, by name */
  ran: string[];
  printed: string;
  /** what was written to the summary of the job */
  summary: string;
}

interface StepState {
  outcome: 'success' | 'failure' | 'skipped';
  outputs: Record<string, string>;
}

/** Runs the steps of the action as GitHub's runner does: its conditions, its shell, its files for outputs and summary. */
export async function runAction({
  inputs = {},
  env = {},
  workspace,
  stand = () => ({}),
  timeout = 300_000,
}: CompositeOptions): Promise<Ran> {
  const action = yamlOf<Action>(actionFile);
  const folder = mkdtempSync(path.join(tmpdir(), 'runner-'));
  mkdirSync(workspace, { recursive: true });
  try {
    const steps: Record<string, StepState> = {};
    const given = { ...Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, input.default])), ...inputs };
    const contexts: Contexts = { inputs: given, runner: { temp: folder }, steps };
    const ended: Ran = { failed: false, outputs: {}, ran: [], printed: '', summary: '' };
    const environment = {
      ...ownEnvironment,
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION_PATH: path.join(projectRoot, actionFolder),
      RUNNER_TEMP: folder,
      RUNNER_ARCH: 'X64',
      ...env,
    };
    for (const step of action.runs.steps) {
      const status = { always: true, cancelled: false, failure: ended.failed, success: !ended.failed };
      const state: StepState = { outcome: 'skipped', outputs: {} };
      if (holds(step.if, contexts, status)) {
        const script = { step, contexts, environment, workspace, timeout, folder };
        const { exitCode, outputs, printed, summary } =
          step.uses === undefined
            ? await runScript(script)
            : { exitCode: 0, outputs: stand(step.uses, expandedAll(step.with, contexts)), printed: '', summary: '' };
        Object.assign(state, { outcome: exitCode === 0 ? 'success' : 'failure', outputs });
        ended.ran.push(step.name ?? '');
        ended.printed += printed;
        ended.summary += summary;
        ended.failed ||= exitCode !== 0;
      }
      if (step.id !== undefined) steps[step.id] = state;
    }
    ended.outputs = expandedAll(Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, value])), contexts);
    return ended;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Script {
  step: Step;
  contexts: Contexts;
  environment: Record<string, string | undefined>;
  workspace: string;
  timeout: number;
  folder: string;
}

/** Runs the script of a step, as the shell "bash" is started by GitHub's runner. */
async function runScript({ step, contexts, environment, workspace, timeout, folder }: Script) {
  const file = (name: string) => path.join(folder, name);
  writeFileSync(file('script.sh'), step.run ?? '');
  writeFileSync(file('output'), '');
  writeFileSync(file('summary'), '');
  const env = { ...environment, ...expandedAll(step.env, contexts), GITHUB_OUTPUT: file('output'), GITHUB_STEP_SUMMARY: file('summary') };
  const argv = ['env', `--chdir=${workspace}`, 'bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', file('script.sh')];
  const { exitCode, stdout, stderr } = await run(argv, { env, timeout });
  const read = (name: string) => readFileSync(file(name), 'utf8');
  const outputs = Object.fromEntries(
    read('output')
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  return { exitCode, outputs, printed: `${stdout}${stderr}`, summary: read('summary') };
}

/** Values with their expressions replaced. */
export function expandedAll(values: Record<string, unknown> = {}, contexts: Contexts): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, expanded(String(value), contexts)]));
}
