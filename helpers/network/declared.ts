import path from 'node:path';
import { exitStatus, UserError } from '../base/user-error';
import type { ClaimDeclaration, ComposeOptions } from './types';

/** A claim of a user's, and where it stands. */
export interface DeclaredClaim extends Required<ClaimDeclaration> {
  /** folder of its file, as reports show it */
  area: string;
  /** its file, without folder and ending */
  section: string;
  /** path of its file */
  file: string;
}

/** A compose file that a spec names. */
export interface DeclaredCompose extends Required<Pick<ComposeOptions, 'timeout' | 'profiles'>> {
  /** path of the file */
  file: string;
  /** name that the run gives the project */
  project: string;
}

/** Everything that the specs of a folder declare while they are loaded, one after another. */
export class Declared {
  readonly claims: DeclaredClaim[] = [];
  readonly composed: DeclaredCompose[] = [];
  private file = '';

  /**
   * @param folder of all specs
   * @param prefix of the names of compose projects
   */
  constructor(
    private readonly folder: string,
    private readonly prefix: string,
  ) {}

  /** Says which file is loaded next. */
  loading(file: string): void {
    this.file = file;
  }

  /** @throws UserError for what is no claim, or has the id of another one */
  claim({ id, title, level = 'must', check }: ClaimDeclaration): void {
    // specs in JavaScript have nobody who checks this
    const given: Record<string, unknown> = { id, title, level, check };
    const named = typeof id === 'string' ? ` "${id}"` : '';
    const problem = problemOf(given);
    if (problem) throw this.refused(`The claim${named} ${problem}.`);
    if (this.claims.some((it) => it.id === id)) throw this.refused(`There are two claims "${id}".`);
    const place = path.relative(this.folder, path.dirname(this.file)).split(path.sep).filter(Boolean);
    const area = [path.basename(this.folder), ...place].join('.');
    this.claims.push({ id, title, level, check, area, section: sectionOf(this.file), file: this.file });
  }

  /** A compose file, with its path from the folder of the spec. */
  compose(file: string, { timeout = 120, profiles = [] }: ComposeOptions): DeclaredCompose {
    const absolute = path.resolve(path.dirname(this.file), file);
    const known = this.composed.find((it) => it.file === absolute);
    if (known) return known;
    const name =
      path
        .basename(path.dirname(absolute))
        .toLowerCase()
        .replace(/[^a-z\d]+/g, '') || 'project';
    const composed = { file: absolute, timeout, profiles, project: `${this.prefix}-${name}${this.composed.length || ''}` };
    this.composed.push(composed);
    return composed;
  }

  private refused(message: string): UserError {
    return new UserError(
      `${path.relative(process.cwd(), this.file)}: ${message}`,
      "Write claim({ id: 'shop.web-reaches-api', title: 'web must reach api', check: () => reach(…) }), each with an id of its own.",
      exitStatus.usage,
    );
  }
}

/** Name of a spec in reports. */
function sectionOf(file: string): string {
  return path.basename(file).replace(/\.spec\.\w+$/, '');
}

function problemOf({ id, title, level, check }: Record<string, unknown>): string | undefined {
  if (typeof id !== 'string' || !/^\w[\w.-]*$/.test(id)) return 'needs an id of words joined by dots and dashes';
  if (typeof title !== 'string' || title.trim() === '') return 'needs a title, which is its sentence';
  if (!['must', 'should', 'observed'].includes(String(level))) return 'has a level that is none of must, should and observed';
  return typeof check === 'function' ? undefined : 'needs a check, which is a function';
}
