import { connect } from '../engine/connect';
import { discoverEndpoint } from '../engine/discover';
import { cleanLabs } from '../lab';
import { ownObjects, removeObjects } from '../run/objects';

/** Removes what dead runs left on the engine that Docker's rules give, and on this machine. Live runs are left alone. */
export async function cleanCommand(): Promise<number> {
  const leave = (names: string[]) => void process.stderr.write(`Left alone, because it cannot be known from here whether they are in use (they are another container's, or another machine's):\n${names.map((name) => `  lab ${name}\n`).join('')}`);
  const removed = cleanLabs(leave).map((name) => `lab ${name}`);
  const endpoint = await discoverEndpoint();
  if (endpoint) {
    const connection = await connect(endpoint);
    const objects = await ownObjects(connection.docker);
    await removeObjects(connection.docker, objects);
    await connection.close();
    removed.push(...objects.map(({ kind, name }) => `${kind} ${name}`));
  }
  process.stdout.write(removed.length === 0 ? 'Nothing was left behind.\n' : `Removed:\n${removed.map((line) => `  ${line}\n`).join('')}`);
  return 0;
}
