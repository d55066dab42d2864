import { readdirSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../base/project';
import { codeIn } from './ci-files';

/** What people read, as paths from the project's folder. The list of claims is made by a program and has tests of its own. */
export const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...readdirSync(path.join(projectRoot, 'docs'))
    .filter((name) => name.endsWith('.md') && name !== 'claims.md')
    .map((name) => `docs/${name}`),
];

/** Commands that a document shows in blocks of `sh` or `console`, one for each line, without prompts and comments. */
export function commandsIn(file: string): string[] {
  return [...codeIn(file, 'sh'), ...codeIn(file, 'console')]
    .flatMap((code) => code.replaceAll(/\\\n\s*/g, '').split('\n'))
    .map((line) =>
      line
        .replace(/^\$ /, '')
        .replace(/(^|\s)#.*$/, '')
        .trim(),
    )
    .filter((line) => line !== '');
}

/** Anchors that GitHub makes of a document's headings, and those that it sets itself. */
export function anchorsOf(text: string): string[] {
  const prose = text.replaceAll(/^```.*?^```$/gms, '');
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
  return [...headings, ...[...prose.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)];
}
