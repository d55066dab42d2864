import type { JestEnvironmentConfig } from '@jest/environment';
import { TestEnvironment } from 'jest-environment-node';
import { SpecRuntime } from '../claim/spec-runtime';
import { TopologyPool } from '../claim/topology-pool';
import { openClient } from '../engine/client';
import { nativeRequire } from '../native';
import { readContext } from '../run/context';
import { currentRun } from '../run/current-session';
import type { Session } from '../run/session';
import { EngineHost } from '../vantage/host';
import { specRuntime } from './spec-runtime-key';

type EnvironmentContext = ConstructorParameters<typeof TestEnvironment>[1];

/** What the spec files of one process share. */
let surroundings: Promise<Pick<Session, 'provisioner' | 'pool'>> | undefined;

/** In the process that opened the session its own, topologies that are already starting included; in a Jest worker new ones. */
async function findSurroundings(): Promise<Pick<Session, 'provisioner' | 'pool'>> {
  const session = await currentRun()?.session;
  if (session) return session;
  const context = readContext();
  const docker = openClient();
  const provisioner = { context, docker, host: new EngineHost(context.host, docker) };
  return { provisioner, pool: new TopologyPool(provisioner) };
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
    const { provisioner, pool } = await (surroundings ??= findSurroundings());
    this.runtime = new SpecRuntime(this.global, provisioner, pool);
    (this.global as unknown as Record<symbol, unknown>)[specRuntime] = this.runtime;
  }

  override async teardown(): Promise<void> {
    await this.runtime?.close();
    await super.teardown();
  }
}
