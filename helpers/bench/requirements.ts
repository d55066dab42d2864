import { run } from '../base/process';
import { UserError } from '../base/user-error';

/** What the script and the programs around it are made of, and the Debian packages that have it. */
const tools = { bash: 'bash', docker: 'docker-cli', jq: 'jq', curl: 'curl', ps: 'procps', nsenter: 'util-linux', unshare: 'util-linux' };

/** @throws UserError that names every program that is missing. */
export async function mustHaveTools(): Promise<void> {
  const found = await Promise.all(
    Object.keys(tools).map(async (tool) => ({ tool, missing: (await run([tool, '--version'])).exitCode === 127 })),
  );
  const missing = found.flatMap((it) => (it.missing ? [it.tool as keyof typeof tools] : []));
  if (missing.length === 0) return;
  throw new UserError(
    `The bench compares the suite with a shell script, which needs ${missing.join(', ')}.`,
    `Install ${[...new Set(missing.map((tool) => tools[tool]))].join(', ')}.`,
  );
}
