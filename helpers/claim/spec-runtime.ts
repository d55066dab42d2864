import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { Circus } from '@jest/types';
import type Dockerode from 'dockerode';
import { claimById } from '../../fixtures/claims';
import { openClient, Engine } from '../engine/client';
import type { RunContext } from '../run/context';
import { DockerCli } from '../vantage/docker-cli';
import { EngineHost } from '../vantage/host';
import type { Container } from './container';
import { once, recording, type Evidence } from './evidence';
import { eventually } from './eventually';
import type { NginxOptions } from './nginx';
import { networkView } from '../vantage/procfs';
import { Topology } from './topology';
import { verdictOf, type ClaimRecord } from './verdict';

/** The globals of Jest that claims register with; they belong to the spec's own realm. */
export interface JestGlobals {
  test: ((title: string, body: () => Promise<void>, timeout?: number) => void) & { skip: (title: string, body: () => void) => void };
  beforeAll: (hook: () => Promise<void>, timeout?: number) => void;
  afterAll: (hook: () => void) => void;
}

/** Milliseconds after which a claim, and the start of a topology, is given up. Longer than any single step may take. */
const patience = 90_000;

/** File below the run's directory to which a worker appends its verdicts, one JSON document a line. */
export const recordsFile = (directory: string) => path.join(directory, `verdicts-${process.pid}.ndjson`);

/** What the claims of one spec file are given: the vocabulary that `helpers/index.ts` offers to specs. */
export class SpecRuntime {
  readonly engine: Engine;
  readonly host: EngineHost;
  readonly cli: DockerCli;
  readonly eventually = eventually;
  readonly networkView = networkView;
  readonly once = once;
  private readonly docker: Dockerode;
  private readonly topologies = new Map<() => Promise<void>, Topology<string>>();

  constructor(
    readonly context: RunContext,
    private readonly jest: JestGlobals,
  ) {
    this.docker = openClient();
    this.engine = new Engine(this.docker);
    this.host = new EngineHost(context.host, this.docker);
    this.cli = new DockerCli(context.cli ?? []);
  }

  /**
   * Registers the check of one claim of the catalogue. A claim that the run did not select is left out; one that cannot
   * be judged here is registered as skipped, with its reason in every report.
   */
  claim = (id: string, body: () => unknown): void => {
    const { title } = claimById(id);
    if (!this.context.selected.includes(id)) return;
    const name = `${id}: ${title}`;
    if (this.context.inapplicable[id]) {
      this.jest.test.skip(name, () => undefined);
      return;
    }
    this.jest.test(name, () => this.judge(id, body), patience);
  };

  private async judge(id: string, body: () => unknown): Promise<void> {
    const startedAt = performance.now();
    let thrown: unknown;
    const evidence = await recording(body, (error) => (thrown = error));
    const verdict = thrown === undefined ? passed(evidence) : verdictOf(thrown);
    const claim: ClaimRecord = { id, ...verdict, durationMs: Math.round(performance.now() - startedAt), evidence };
    appendFileSync(recordsFile(this.context.directory), `${JSON.stringify(claim)}\n`);
    if (claim.verdict === 'conforms' || claim.verdict === 'blocked') return;
    throw thrown instanceof Error ? thrown : new Error(claim.reason);
  }

  /**
   * Declares the containers that the claims of this `describe` share. They start when the file's claims are known,
   * together with its other topologies, unless no selected claim needs them.
   */
  topology = <Names extends string>(members: Record<Names, NginxOptions>): Record<Names, Container> => {
    const topology = new Topology<Names>(members, { context: this.context, docker: this.docker, host: this.host });
    const start = () => topology.start();
    this.topologies.set(start, topology);
    this.jest.beforeAll(start, patience);
    this.jest.afterAll(() => topology.remove());
    return new Proxy({} as Record<Names, Container>, { get: (_, name) => topology.member(name as Names) });
  };

  /** Starts, in the background, every topology of the file that a registered claim is going to need. */
  startTopologies(block: Circus.DescribeBlock): void {
    if (!hasRunnableTest(block)) return;
    for (const { fn } of block.hooks) void this.topologies.get(fn as () => Promise<void>)?.start();
    for (const child of block.children) if (child.type === 'describeBlock') this.startTopologies(child);
  }
}

function hasRunnableTest(block: Circus.DescribeBlock): boolean {
  return block.children.some((child) => (child.type === 'describeBlock' ? hasRunnableTest(child) : child.mode !== 'skip'));
}

/** A pass means that something was observed. */
function passed(evidence: readonly Evidence[]): Pick<ClaimRecord, 'verdict' | 'reason'> {
  if (evidence.some(({ kind }) => kind !== 'note')) return { verdict: 'conforms' };
  return { verdict: 'error', reason: 'the claim passed without having observed anything' };
}
