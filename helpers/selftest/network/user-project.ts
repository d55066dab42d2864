import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exportedValues } from '../exported-names';
import { projectRoot } from '../../base/project';
import { temporaryDirectory } from '../fake-engine';

/** Names that a program can call which has installed the package. */
export const apiFile = 'helpers/network/api.ts';

/** A folder as a user has it who installed the package: with what the package exports, as it stands in this checkout. */
export function userProject(files: Record<string, string>): string {
  const folder = temporaryDirectory();
  const installed = path.join(folder, 'node_modules', 'docker-network-conformance');
  mkdirSync(installed, { recursive: true });
  const names = exportedValues(apiFile);
  const [loader, api] = [path.join(projectRoot, 'helpers', 'loader'), path.join(projectRoot, 'helpers', 'network')];
  const code = `const api = require(${JSON.stringify(loader)})(${JSON.stringify(api)}, 'api');\n${names.map((it) => `exports.${it} = api.${it};`).join('\n')}\n`;
  writeFileSync(path.join(installed, 'package.json'), '{ "name": "docker-network-conformance", "main": "index.js" }');
  writeFileSync(path.join(installed, 'index.js'), code);
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "users-project", "private": true }');
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}
