import { selectClaims } from '../run/selection';
import { Session } from '../run/session';
import { selectionOf, type SelectingOptions } from './options';

/**
 * Shows the claims that `run` with the same options would select, and what keeps some of them from being judged. It
 * looks at the engine for that, as `run` does, and starts none of the claims' containers.
 */
export async function listCommand(options: SelectingOptions): Promise<number> {
  const claims = selectClaims(selectionOf(options));
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  const session = await Session.open({ claims, progress, ...(options.engine !== undefined && { engine: options.engine }) });
  const { inapplicable, engine } = session.context;
  await session.end();
  process.stdout.write(`${claims.length} claims, for ${engine.id}\n`);
  let heading = '';
  for (const { id, area, section, level, title } of claims) {
    const here = `${area} / ${section}`;
    if (here !== heading) process.stdout.write(`\n${here}\n`);
    heading = here;
    process.stdout.write(`  ${id} (${level})\n      ${title}\n`);
    const reason = inapplicable[id];
    if (reason) process.stdout.write(`      ${reason.verdict}: ${reason.reason}\n`);
  }
  return 0;
}
