import type Dockerode from 'dockerode';
import { settingUp } from '../claim/set-up';
import { execInContainer } from '../vantage/exec';
import { servedByAttach, servingShell, startShell } from '../vantage/shell';
import type { VantagePoint } from '../world/vantage-point';

/** Seconds after which a helper container ends by itself, and is gone, where the engine does not end it with who made it. */
const lifetime = 600;

/** What helper containers are made of. */
export interface HelperImage {
  docker: Dockerode;
  /** has it ready when it is first wanted */
  image: () => Promise<string>;
  labels: Record<string, string>;
}

/** Into whose namespaces a helper is put; without it, into those of the engine's host. */
export interface Inside {
  id: string;
  /** how reports call the place */
  name: string;
  usernsMode: string;
  /** whether it is to see the processes as well */
  processes?: boolean;
}

/**
 * Starts a container of the suite's own, with its tools, in the network namespace of another one or of the engine's host.
 * Nothing runs in that container itself, so that it needs neither a shell nor to be unpaused; files of its own that tell whom
 * to ask for names are the engine's, and the helper has them, too.
 * @throws SetUpFailed where the engine refuses it
 */
export async function helperIn({ docker, image, labels }: HelperImage, inside?: Inside): Promise<VantagePoint & { id: string }> {
  const mode = inside ? `container:${inside.id}` : 'host';
  const reference = await image();
  const container = await settingUp('a helper container could not be started', async () => {
    const made = await docker.createContainer({
      Image: reference,
      Entrypoint: [],
      Cmd: servingShell('echo', { lifetime, atTheEnd: 'ends' }),
      ...servedByAttach,
      Labels: labels,
      HostConfig: {
        NetworkMode: mode,
        AutoRemove: true,
        ...(inside?.processes && { PidMode: mode, CapAdd: ['SYS_PTRACE'] }),
        ...(inside?.usernsMode ? { UsernsMode: inside.usernsMode } : {}),
        ...(!inside && { UsernsMode: 'host' }),
      },
    });
    await startShell(docker, made);
    return made;
  });
  const name = inside?.name ?? 'host';
  return { id: container.id, name, exec: (argv, telling) => execInContainer(docker, container.id, name, argv, telling) };
}
