import type { JestEnvironmentConfig } from '@jest/environment';
import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';
import { SpecRuntime, type JestGlobals } from '../claim/spec-runtime';
import { nativeRequire } from '../native';
import { readContext } from '../run/context';
import { specRuntime } from './spec-runtime-key';

type EnvironmentContext = ConstructorParameters<typeof TestEnvironment>[1];

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
    realm[specRuntime] = undefined;
  }

  override async setup(): Promise<void> {
    await super.setup();
    this.runtime = new SpecRuntime(readContext(), this.global as unknown as JestGlobals);
    (this.global as unknown as Record<symbol, unknown>)[specRuntime] = this.runtime;
  }

  /** All claims of the file are known at `run_start`: the moment to start what they need, all at once. */
  handleTestEvent(event: Circus.Event, state: Circus.State): void {
    if (event.name === 'run_start') this.runtime?.startTopologies(state.rootDescribeBlock);
  }
}
