import type * as Testcontainers from 'testcontainers';
import { testcontainersClient } from '../engine/testcontainers';

type ContainerClient = Awaited<ReturnType<typeof Testcontainers.getContainerRuntimeClient>>['container'];

const freed = new WeakSet<ContainerClient>();

/**
 * Has testcontainers not wait for published ports. After a start it waits until all of `HostConfig.PortBindings` are bound,
 * and then fails. Whether they are is what claims judge, each for itself; and Podman before 4.4 lists there also what an
 * image merely exposes (its commit 97f63da).
 */
export async function waitForNoBindings(): Promise<void> {
  const { container: client } = await testcontainersClient();
  if (freed.has(client)) return;
  freed.add(client);
  const inspect = client.inspect.bind(client);
  client.inspect = async (container) => withoutBindings(await inspect(container));
}

/** A container object that asks for no bindings. */
export function withoutBindings<T extends { HostConfig: object }>(object: T): T {
  return { ...object, HostConfig: { ...object.HostConfig, PortBindings: {} } };
}
