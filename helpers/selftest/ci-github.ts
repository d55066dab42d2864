import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rmSync } from 'node:fs';
import type * as Esbuild from 'esbuild';
import { native } from '../base/native';
import { projectRoot } from '../base/project';

/** What GitHub's own parser and evaluator are used for here. */
interface Library {
  parseWorkflow: Parse;
  parseAction: Parse;
  NoOperationTraceWriter: new () => unknown;
  Lexer: new (text: string) => { lex(): { tokens: unknown } };
  Parser: new (tokens: unknown, contexts: string[], functions: unknown[]) => { parse(): unknown };
  Evaluator: new (expression: unknown, context: unknown, functions: Map<string, unknown>) => { evaluate(): Value };
  data: { reviver: (key: string, value: unknown) => unknown; BooleanData: new (value: boolean) => Value };
}

type Parse = (file: { name: string; content: string }, trace: unknown) => { context: { errors: { getErrors(): { message: string }[] } } };

interface Value {
  coerceString(): string;
}

/** Values that expressions can refer to, by context: `inputs`, `steps` and so on. */
export type Contexts = Record<string, unknown>;

const statusFunctions = ['always', 'cancelled', 'failure', 'success'] as const;

/** What the functions of these names answer. */
export type Status = Record<(typeof statusFunctions)[number], boolean>;

/** What GitHub's parser finds wrong with a workflow, or with an action. */
export function errorsIn(file: string, content: string): string[] {
  const { parseAction, parseWorkflow, NoOperationTraceWriter } = library();
  const parse = path.basename(file) === 'action.yml' ? parseAction : parseWorkflow;
  return parse({ name: file, content }, new NoOperationTraceWriter())
    .context.errors.getErrors()
    .map(({ message }) => message);
}

/** Replaces the expressions in a text by their values. */
export function expanded(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => evaluate(expression, contexts));
}

/** Does the condition of a step hold? Like GitHub, it asks for success where the condition does not ask for a status. */
export function holds(condition: string | undefined, contexts: Contexts, status: Status): boolean {
  const expression = (condition ?? 'success()').replace(/^\s*\$\{\{(.*)\}\}\s*$/s, '$1');
  const asks = statusFunctions.some((name) => expression.includes(`${name}()`));
  return isTrue(evaluate(asks ? expression : `success() && (${expression})`, contexts, status));
}

function isTrue(value: string): boolean {
  return !['', 'false', '0', 'null'].includes(value);
}

function evaluate(expression: string, contexts: Contexts, status?: Status): string {
  const { Lexer, Parser, Evaluator, data } = library();
  const functions = status
    ? statusFunctions.map((name) => ({ name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(status[name]) }))
    : [];
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const values: unknown = JSON.parse(JSON.stringify(contexts), data.reviver);
  return new Evaluator(parsed, values, new Map(functions.map((it) => [it.name, it]))).evaluate().coerceString();
}

let loaded: Library | undefined;

/** The packages as one CommonJS file: they import JSON in a way that Node does not accept and bundlers do. */
function library(): Library {
  if (loaded) return loaded;
  const contents = `
    export { parseWorkflow, NoOperationTraceWriter } from '@actions/workflow-parser';
    export { parseAction } from '@actions/workflow-parser/actions/action-parser';
    export { Lexer, Parser, Evaluator, data } from '@actions/expressions';`;
  const outfile = path.join(tmpdir(), `github-${createHash('sha256').update(contents).digest('hex').slice(0, 8)}-${process.pid}.cjs`);
  native<typeof Esbuild>('esbuild').buildSync({
    stdin: { contents, resolveDir: projectRoot },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    logLevel: 'error',
  });
  try {
    loaded = native<Library>(outfile);
  } finally {
    rmSync(outfile);
  }
  return loaded;
}
