import type { JestEnvironmentConfig } from '@jest/environment';
import { TestEnvironment } from 'jest-environment-node';
import { SpecRuntime, type JestGlobals } from '../spec/spec-runtime';
import { SpecWorker } from '../spec/spec-worker';
import { openClient } from '../engine/client';
import { nativeRequire } from '../base/native';
import { readContext } from '../claim/context';
import { currentRun } from '../run/current-session';
import { EngineHost } from '../vantage/host';
import { specRuntime } from '../spec/spec-runtime-key';

type EnvironmentContext = ConstructorParameters<typeof TestEnvironment>[1];

/** Those of a Jest worker, which serves one run. */
let known: SpecWorker | undefined;

/** In the process that opened the session its own, topologies that are already starting included; in a Jest worker new ones. */
async function findWorker(): Promise<SpecWorker> {
  const session = await currentRun()?.session;
  return session?.worker ?? (known ??= workerOfProcess());
}

function workerOfProcess(): SpecWorker {
  const context = readContext();
  const docker = openClient();
  return new SpecWorker({ context, docker, host: new EngineHost(context.host, docker) });
}

/**
 * The environment of a spec file. The suite's own code is loaded by Node, once per worker, and handed to the realm of
 * the spec; so large packages are loaded once and not for every file.
 */
export default class SpecEnvironment extends TestEnvironment {
  private runtime: SpecRuntime | undefined;

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    const realm = this.global as unknown as Record<symbol, unknown>;
    realm[nativeRequire] = require;
  }

  override async setup(): Promise<void> {
    await super.setup();
    this.runtime = new SpecRuntime(this.global as unknown as JestGlobals, await findWorker());
    (this.global as unknown as Record<symbol, unknown>)[specRuntime] = this.runtime;
  }

  override async teardown(): Promise<void> {
    await this.runtime?.close();
    await super.teardown();
  }
}
