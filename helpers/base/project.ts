import path from 'node:path';
import { name, version } from '../../package.json';

/** Folder of this project, in a checkout and when it is installed as a package. */
export const projectRoot = path.resolve(__dirname, '..', '..');

/** Name and version of the suite, as reports show them. */
export const suite = { name, version };

/** How the names of the suite's own source files end here: it is compiled where it is installed as a package. */
export const sourceExtension = path.extname(__filename);
