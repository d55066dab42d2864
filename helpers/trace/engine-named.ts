import { exitStatus, UserError } from '../base/user-error';
import { discoverEndpoint } from '../engine/discover';
import type { Endpoint } from '../engine/endpoint';

/**
 * The engine that runs the user's containers.
 * @param named its address as in DOCKER_HOST, or the name of a context; without it Docker's own rules decide
 * @returns undefined where nothing was named and there is none
 * @throws UserError for what names none
 */
export async function engineNamed(named: string | undefined, env: NodeJS.ProcessEnv = process.env): Promise<Endpoint | undefined> {
  if (named === undefined) return await discoverEndpoint(env);
  if (/^(docker|podman)-\d/.test(named))
    throw new UserError(
      `"${named}" is an engine that the suite would start in a lab, where none of your containers are.`,
      'Name the address of an engine, such as unix:///var/run/docker.sock, or a context: docker context ls shows which there are.',
      exitStatus.usage,
    );
  const found = await discoverEndpoint(
    named.includes('://') ? { ...env, DOCKER_HOST: named } : { ...env, DOCKER_HOST: undefined, DOCKER_CONTEXT: named },
  );
  return found && { ...found, found: '--engine' };
}
