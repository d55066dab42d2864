import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { types } from 'node:util';
import { claimById } from '../../fixtures/claims';
import type { Claim } from '../../fixtures/claims/model';
import type { TopologyName } from '../../fixtures/topologies';
import { FailureTracer } from '../diagnosis';
import { Engine } from '../engine/client';
import { isEngineLost, stillAnswers } from '../world/lost';
import { scaledLimit } from '../base/pace';
import { isChecked, type RunContext } from '../claim/context';
import * as testInterface from './test-interface';
import { handOverTrials } from '../faults/trials';
import { handOverMutants, judgeWithMutants } from '../mutants';
import { DockerCli } from '../vantage/docker-cli';
import { leaving } from '../base/output';
import type { EngineHost } from '../vantage/host';
import { asking, inTurns, type Ask } from '../make/ask';
import { currentLifetime, Lifetime, within } from '../make/lifetime';
import { Maker } from '../make/maker';
import { OwnLabs, type LabVersion, type OwnLab } from '../make/own-lab';
import { scenes, type Scenes } from '../make/scene';
import { turnsOf } from '../engine/turns';
import type { Container } from '../containers/container';
import { control } from '../claim/control';
import { declaringFor, membersOf } from '../claim/declare';
import { recording, type Evidence } from '../world/evidence';
import { once } from '../world/shared';
import { eventually } from '../claim/eventually';
import { networkView } from '../vantage/procfs';
import type { MemberOf } from '../containers/topology';
import type { SpecProvisioner, SpecWorker } from './spec-worker';
import { SetUpFailed } from '../claim/set-up';
import { verdictOf, type ClaimRecord } from '../claim/verdict';

type Register = (title: string, body: () => Promise<void>, timeout?: number) => void;

/** The globals of Jest that claims register with; they belong to the spec's own realm. */
export interface JestGlobals {
  expect: typeof import('@jest/globals').expect;
  test: Register & { concurrent: Register; skip: (title: string, body: () => void) => void };
}

/** Milliseconds after which a claim, with the start of its topology, is given up. Longer than any single step may take. */
const timeLimit = 300_000;

/** File below the run's directory to which a worker appends its verdicts, one JSON document a line. */
export const recordsFile = (directory: string) => path.join(directory, `verdicts-${process.pid}.ndjson`);

/** What a judgement came to, with what was thrown. */
interface Judged {
  claim: ClaimRecord;
  thrown: unknown;
}

/** The claim that is being judged. One for all files: up to Node 22 each is asked at every promise for ever, once it was used. */
const judging = new AsyncLocalStorage<Claim>();

/** What the claims of one spec file are given: the vocabulary that `helpers/index.ts` offers to specs. */
export class SpecRuntime {
  readonly context: RunContext;
  readonly engine: Engine;
  readonly host: EngineHost;
  readonly cli: DockerCli;
  readonly eventually = eventually;
  readonly control = control;
  readonly networkView = networkView;
  readonly once = once;
  readonly testInterface = testInterface;
  readonly ask: Ask;
  readonly make: Maker;
  private readonly provisioner: SpecProvisioner;
  private readonly labs: OwnLabs;
  private readonly scenes: Scenes = scenes();
  /** the removals of what claims have made; nobody waits for them before the file is done */
  private readonly endings: Promise<void>[] = [];
  private tracer: FailureTracer | undefined;

  constructor(
    private readonly jest: JestGlobals,
    private readonly worker: SpecWorker,
  ) {
    const { provisioner } = worker;
    this.provisioner = provisioner;
    const { context, docker, host } = provisioner;
    this.context = context;
    this.engine = new Engine(docker);
    this.host = host;
    this.cli = new DockerCli(context.cli ?? []);
    this.ask = inTurns(asking(docker), turnsOf(docker, context.engine));
    this.make = new Maker(provisioner, this.ask);
    this.labs = new OwnLabs(provisioner);
  }

  /** What several claims of a file look at: made once, when the first of them asks for it, and removed with the file. */
  scene = <T>(build: () => Promise<T>): (() => Promise<T>) => this.scenes.scene(build);

  /**
   * Another engine of the version under test, or of another one, in a lab of its own with these arguments of the daemon. The
   * one without arguments and key serves all spec files, except where faults come and go: they do so file by file.
   */
  lab = (args: readonly string[] = [], key = '', version?: LabVersion): Promise<OwnLab> =>
    (args.length > 0 || key !== '' || this.context.wishes.trials !== undefined ? this.labs : this.worker.plainLab).get(args, key, version);

  /** To be called when all claims of the file are judged. The removal of what they have made is waited for where the next file might meet it. */
  async close(): Promise<void> {
    const removal = this.removeAll();
    if (this.context.wishes.trials !== undefined) await removal;
    else this.worker.leave(removal);
  }

  private async removeAll(): Promise<void> {
    // containers of claims go before the networks of scenes: Podman removes a network by its id while it is used, and then leaves links and rules behind
    await Promise.all(this.endings);
    await this.scenes.end();
    await this.labs.end();
  }

  /** Registers the checks of the claims that a spec file declares. */
  claims = declaringFor(({ claims }) => {
    for (const { id, check } of claims) this.claim(id, check);
  });

  /** Jest's own, in the realm of the spec. */
  get expect(): JestGlobals['expect'] {
    return this.jest.expect;
  }

  /**
   * Registers the check of one claim of the catalogue. A claim that the run did not select is left out; one that cannot
   * be judged here is registered as skipped, with its reason in every report, unless it is tried all the same.
   */
  claim = (id: string, body: () => unknown): void => {
    const { title } = claimById(id);
    if (!this.context.selected.includes(id)) return;
    const name = `${id}: ${title}`;
    if (!isChecked(id, this.context)) {
      this.jest.test.skip(name, () => undefined);
      return;
    }
    const register = this.inTurn(id) ? this.jest.test : this.jest.test.concurrent;
    register(name, async () => this.report(id, await this.judge(id, body)), scaledLimit(timeLimit));
  };

  /** Hands over what a judgement came to, and fails the test where the claim fails. */
  private report(id: string, { claim, thrown }: Judged): void {
    appendFileSync(recordsFile(this.context.directory), `${JSON.stringify(claim)}\n`);
    this.worker.pool.judged(id, claim.verdict);
    if (claim.verdict === 'conforms' || claim.verdict === 'blocked' || this.isAccepted(id, claim)) return;
    throw asJestMayPrintIt(types.isNativeError(thrown) ? thrown : new Error(claim.reason));
  }

  /**
   * Whether a claim is judged while no other is: it shares containers with others and changes them, or the engine is changed
   * for one claim at a time.
   */
  private inTurn(id: string): boolean {
    return claimById(id).area === 'document' || this.context.wishes.mutants !== undefined || this.context.wishes.trials !== undefined;
  }

  private judge(id: string, body: () => unknown): Promise<Judged> {
    return judging.run(claimById(id), async () => {
      const lifetime = new Lifetime();
      const { claim, thrown } = await within(lifetime, () => this.look(id, body));
      if (claim.verdict === 'conforms' && this.context.wishes.trials !== undefined) {
        // judged again, it may want the ports and addresses that it has now
        await lifetime.end();
        await this.tryFaults(id, body, this.context.wishes.trials);
      }
      const failed = claim.verdict === 'deviates' || claim.verdict === 'error';
      if (!(failed && this.context.wishes.keepFailed)) this.endings.push(lifetime.end());
      return { claim, thrown };
    });
  }

  private async look(id: string, body: () => unknown): Promise<Judged> {
    const { topology } = claimById(id);
    if (topology) await this.worker.pool.get(topology).started;
    const look = () => this.attempt(id, body);
    const { thrown, ...claim } = await (this.context.wishes.mutants !== undefined && !this.context.inapplicable[id]
      ? withMutants(id, look, () => inLifetimeOfItsOwn(look), this.context.directory)
      : look());
    const traced = claim.verdict === 'deviates' || thrown instanceof SetUpFailed;
    const cause = traced && !this.context.inapplicable[id] ? await this.causeOf(thrown) : undefined;
    return { claim: { ...claim, ...(cause && { cause }) }, thrown };
  }

  /** Runs the check of a claim once; `thrown` is what made it fail. One call without an answer is this claim's affair, and no other's. */
  private async attempt(id: string, body: () => unknown): Promise<ClaimRecord & { thrown?: unknown }> {
    const startedAt = new Date();
    const began = performance.now();
    let failure: { thrown: unknown } | undefined;
    const evidence = await recording(body, (thrown) => (failure = { thrown }));
    const durationMs = Math.round(performance.now() - began);
    const verdict = failure
      ? verdictOf(failure.thrown, isEngineLost(failure.thrown) && !(await stillAnswers(this.provisioner.docker)))
      : passed(evidence);
    return { id, ...verdict, startedAt: startedAt.toISOString(), durationMs, evidence, ...failure };
  }

  /** Judges a claim again under each fault that must turn it red; each time it makes its own things anew. */
  private async tryFaults(id: string, body: () => unknown, file: string): Promise<void> {
    const ended: Lifetime[] = [];
    const again = async (scenes: 'kept' | 'anew') => {
      const [lifetime, passing] = [new Lifetime(), new Lifetime()];
      ended.push(lifetime, passing);
      const judge = () => within(lifetime, () => this.attempt(id, body));
      try {
        return await (scenes === 'anew' ? this.scenes.anew(judge, passing) : judge());
      } finally {
        await lifetime.end();
      }
    };
    // a fault can be that removals are pretended
    const repaired = async () => {
      await Promise.all(ended.splice(0).map((lifetime) => lifetime.endAgain()));
    };
    handOverTrials(file, (await this.provisioner.trials?.of(id, again, repaired)) ?? []);
  }

  /** What made a claim deviate, or kept its set-up from being made, as far as it can be traced. */
  private async causeOf(thrown: unknown): Promise<ClaimRecord['cause']> {
    const { docker, host } = this.provisioner;
    this.tracer ??= new FailureTracer({
      docker,
      kind: this.context.engine.kind,
      host,
      access: this.context.host,
      nameOf: (id) => this.worker.pool.nameOf(id),
    });
    return this.tracer.causeOf(thrown);
  }

  /** A failure that the run does not count: it was only tried, or a waiver accepts it. */
  private isAccepted(id: string, { verdict }: ClaimRecord): boolean {
    return this.context.inapplicable[id] !== undefined || (verdict === 'deviates' && this.context.waived.includes(id));
  }

  /** For a claim that says that the engine starts the containers of a topology as they are: a refusal is its deviation. */
  mustStart = (name: TopologyName): Promise<void> => this.worker.pool.get(name).mustStart();

  /** The members of a topology, for the claims of a file that names it as theirs. */
  topology = <Name extends TopologyName>(name: Name): Record<MemberOf<Name>, Container> =>
    membersOf(
      name,
      new Proxy({} as Record<MemberOf<Name>, Container>, {
        get: (_, member) => {
          const judged = judging.getStore();
          if (judged && judged.topology !== name)
            throw new Error(`${judged.id} uses the topology ${name}, which its spec file does not say`);
          return this.worker.pool.get(name).member(String(member));
        },
      }),
    );
}

type Attempted = Promise<ClaimRecord & { thrown?: unknown }>;

/** Reporters of Jest print messages and stacks as they are. */
function asJestMayPrintIt(error: Error): Error {
  const { message, stack } = error;
  error.message = leaving(message);
  if (stack !== undefined) error.stack = leaving(stack);
  return error;
}

/** As `judge`, and then judges the claim's mutants. */
async function withMutants(id: string, judge: () => Attempted, anew: () => Attempted, directory: string): Attempted {
  const { judged, tried } = await judgeWithMutants(judge, anew);
  handOverMutants({ id, ...tried }, directory);
  return judged;
}

/** Judges a claim once more when what it has made is gone, with things that go when it is judged: it may want the same ports and addresses. */
async function inLifetimeOfItsOwn(judge: () => Attempted): Attempted {
  await currentLifetime().end();
  const lifetime = new Lifetime();
  try {
    return await within(lifetime, judge);
  } finally {
    await lifetime.end();
  }
}

/** A pass means that something was observed. */
function passed(evidence: readonly Evidence[]): Pick<ClaimRecord, 'verdict' | 'reason'> {
  if (evidence.some(({ kind }) => kind !== 'note')) return { verdict: 'conforms' };
  return { verdict: 'error', reason: 'the claim passed without having observed anything' };
}
