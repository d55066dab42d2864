import type * as Testcontainers from 'testcontainers';
import { native } from '../native';

type ContainerClient = Awaited<ReturnType<typeof Testcontainers.getContainerRuntimeClient>>['container'];

const limited = new WeakSet<ContainerClient>();

/**
 * Has testcontainers wait for published ports only. After a start it waits until all of `HostConfig.PortBindings` are
 * bound, and Podman before 4.4 lists there also what an image merely exposes, as null (its commit 97f63da): for a
 * container that publishes nothing, testcontainers would give up after ten seconds.
 */
export async function waitForAskedBindingsOnly(): Promise<void> {
  const { container: client } = await native<typeof Testcontainers>('testcontainers').getContainerRuntimeClient();
  if (limited.has(client)) return;
  limited.add(client);
  const inspect = client.inspect.bind(client);
  client.inspect = async (container) => withAskedBindings(await inspect(container));
}

/** A container object whose bindings are those that somebody asked for. */
export function withAskedBindings<T extends { HostConfig: { PortBindings?: unknown } }>(object: T): T {
  const bindings = Object.entries((object.HostConfig.PortBindings ?? {}) as Record<string, unknown>).filter(([, hosts]) => hosts !== null);
  return { ...object, HostConfig: { ...object.HostConfig, PortBindings: Object.fromEntries(bindings) } };
}
