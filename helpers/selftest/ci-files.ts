import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../base/project';

/** A step of a job or of an action. */
export interface Step {
  id?: string;
  name?: string;
  if?: string;
  run?: string;
  uses?: string;
  with?: Record<string, string | boolean | number>;
  env?: Record<string, string>;
  shell?: string;
}

/** A job of a workflow, as far as tests look at it. */
export interface Job {
  'timeout-minutes'?: number;
  needs?: string;
  permissions?: unknown;
  steps: Step[];
  strategy?: { matrix: Record<string, (string | number)[]> };
}

/** A workflow of GitHub. */
export interface Workflow {
  on?: unknown;
  permissions?: unknown;
  concurrency?: unknown;
  jobs: Record<string, Job>;
}

/** An action that is made of steps. */
export interface Action {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { description: string; value: string }>;
  runs: { using: string; steps: Step[] };
}

/** Where the action is, as steps of this project's workflows name it. */
export const actionFolder = './.github/actions/conformance';

export const actionFile = '.github/actions/conformance/action.yml';

export const workflowFiles = readdirSync(path.join(projectRoot, '.github/workflows')).map((name) => `.github/workflows/${name}`);

/** Text of a file of this project. */
export function textOf(file: string): string {
  return readFileSync(path.join(projectRoot, file), 'utf8');
}

export const isThere = (file: string) => existsSync(path.join(projectRoot, file));

/** A YAML file of this project. @throws when it is not YAML, or a key occurs twice. */
export function yamlOf<T>(file: string): T {
  return parse(textOf(file)) as T;
}

/** Blocks of code in a Markdown file of this project, without their fences. */
export function codeIn(file: string, language: string): string[] {
  return [...textOf(file).matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, of, code]) =>
    of === language && code !== undefined ? [code] : [],
  );
}
