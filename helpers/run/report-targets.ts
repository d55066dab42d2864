import { statSync } from 'node:fs';
import path from 'node:path';
import { exitStatus, UserError } from '../base/user-error';
import { prepareReportFile } from '../base/write-file';
import type { ReportLanguage } from '../report/languages';

/** Files that a run writes, as paths against the working directory. */
export interface ReportTargets {
  json: string;
  junit: string;
  /** JUnit without what Jenkins' schema does not know */
  junitStrict: boolean;
  html?: string;
  ctrf?: string;
  badge?: string;
  verbose: boolean;
  /** of what people read */
  lang?: ReportLanguage;
}

/** Where reports go unless the user says otherwise. */
export const defaultTargets: ReportTargets = {
  json: path.join('reports', 'results.json'),
  junit: path.join('reports', 'junit.xml'),
  junitStrict: false,
  verbose: false,
};

/** Where reports on several engines go. */
export const defaultMatrixFolder = path.join('reports', 'matrix');

/** An option, and the file that it names. */
export type NamedFile = readonly [option: string, file: string | undefined];

/** The reports that a run writes, with the options that name them. */
export function reportFiles({ json, junit, html, ctrf, badge }: ReportTargets): NamedFile[] {
  return [
    ['--json', json],
    ['--junit', junit],
    ['--html', html],
    ['--ctrf', ctrf],
    ['--badge', badge],
  ];
}

/**
 * Makes ready, before anything is started, for what a run writes at its end.
 * @throws UserError (usage) where a report cannot be written
 */
export function prepareReports(files: readonly NamedFile[]): void {
  const named = files.flatMap(([option, file]) => (file === undefined ? [] : [{ option, file }]));
  const places = new Map<string, string>();
  for (const { option, file } of named) {
    const place = path.resolve(file);
    const other = places.get(place);
    // a device takes one after the other
    if (other !== undefined && statSync(place, { throwIfNoEntry: false })?.isFile() !== false)
      throw unwritable(`${file} cannot be both ${other} and ${option}.`, `Name one file for each.`);
    places.set(place, option);
  }
  for (const { option, file } of named) {
    const problem = prepareReportFile(path.resolve(file));
    if (problem !== undefined)
      throw unwritable(`${file} ${problem}.`, `Name a file in a folder that you may write to, and that has room, with ${option}.`);
  }
}

/** Removes the reports of a run that judged nothing. */
export function removeReports({ json, junit, html, ctrf, badge }: ReportTargets): void {
  for (const file of [json, junit, html, ctrf, badge]) if (file !== undefined) prepareReportFile(path.resolve(file));
}

function unwritable(message: string, remedy: string): UserError {
  return new UserError(message, remedy, exitStatus.usage);
}
