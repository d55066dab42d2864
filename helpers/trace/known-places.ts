import { connect } from '../engine/connect';
import { discoverEndpoint } from '../engine/discover';
import { hostAsSource } from './asked';
import { labels } from '../run/compose-labels';

/** What can be the source of a trace, and the compose projects that there are. */
export interface KnownPlaces {
  sources: string[];
  projects: string[];
}

/** Milliseconds that whoever types waits for an engine at most. */
const timeLimit = 1500;

/** Containers, services and projects of the engine that Docker's rules give, for completion; where none answers, only its host. */
export async function knownPlaces(env: NodeJS.ProcessEnv = process.env): Promise<KnownPlaces> {
  try {
    const endpoint = await discoverEndpoint(env);
    if (!endpoint) return { sources: [hostAsSource], projects: [] };
    const connection = await connect(endpoint, { timeout: timeLimit, requestTimeout: timeLimit });
    try {
      const containers = await connection.docker.listContainers({ all: true });
      const labelled = (label: string) => containers.flatMap(({ Labels }) => (Labels as Record<string, string> | null)?.[label] ?? []);
      const names = containers.flatMap(({ Names }) => Names[0]?.replace(/^\//, '') ?? []);
      return {
        sources: [...new Set([hostAsSource, ...labelled(labels.service), ...names])],
        projects: [...new Set(labelled(labels.project))],
      };
    } finally {
      await connection.close();
    }
  } catch {
    // who types is told nothing: the command itself says what is wrong
    return { sources: [hostAsSource], projects: [] };
  }
}
