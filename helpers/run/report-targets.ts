import path from 'node:path';

/** Files that a run writes, as paths against the working directory. */
export interface ReportTargets {
  json: string;
  junit: string;
  html?: string;
  ctrf?: string;
  badge?: string;
  verbose: boolean;
}

/** Where reports go unless the user says otherwise. */
export const defaultTargets: ReportTargets = {
  json: path.join('reports', 'results.json'),
  junit: path.join('reports', 'junit.xml'),
  verbose: false,
};

/** Where reports on several engines go. */
export const defaultMatrixFolder = path.join('reports', 'matrix');
