import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { projectRoot } from '../base/project';

/** A name that a module gives to others, in words of small letters: `timeLimit` is `time limit`. */
export interface ExportedName {
  words: string;
  /** path from the project's folder */
  file: string;
}

/** Names of what the modules below a folder export, and of the modules themselves; tests are left out. */
export function exportedNames(folder: string): ExportedName[] {
  const files = readdirSync(path.join(projectRoot, folder), { withFileTypes: true, recursive: true }).flatMap((entry) =>
    entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name) ? [path.join(entry.parentPath, entry.name)] : [],
  );
  return files.flatMap((absolute) => {
    const source = ts.createSourceFile(absolute, readFileSync(absolute, 'utf8'), ts.ScriptTarget.Latest);
    const file = path.relative(projectRoot, absolute);
    return [path.basename(absolute).replace(/\.tsx?$/, ''), ...source.statements.flatMap(namesOf)].map((name) => ({
      words: wordsOf(name),
      file,
    }));
  });
}

/** Something that a module gives to others, as readers of it meet it. */
export interface Export {
  name: string;
  isType: boolean;
  /** whether a doc comment stands before it */
  isDocumented: boolean;
}

/** What one module exports itself, or passes on, in its order. */
export function exportsOf(file: string): Export[] {
  return exportsIn(readFileSync(path.join(projectRoot, file), 'utf8'));
}

/** As {@link exportsOf}, of the text of a module. */
export function exportsIn(text: string): Export[] {
  const source = ts.createSourceFile('module.ts', text, ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    const comments = ts.getLeadingCommentRanges(text, statement.pos) ?? [];
    const isDocumented = comments.some(({ pos }) => text.startsWith('/**', pos));
    const isType =
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      (ts.isExportDeclaration(statement) && statement.isTypeOnly);
    return namesOf(statement).map((name) => ({ name, isType, isDocumented }));
  });
}

/** The names of what a module exports that is there when it runs. */
export const exportedValues = (file: string): string[] => exportsOf(file).flatMap(({ name, isType }) => (isType ? [] : [name]));

function namesOf(statement: ts.Statement): string[] {
  if (ts.isExportDeclaration(statement))
    return statement.exportClause && ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map(({ name }) => name.text)
      : [];
  if (!ts.canHaveModifiers(statement) || ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) !== true)
    return [];
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.text];
}

function boundNames(name: ts.BindingName): string[] {
  return ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

function wordsOf(name: string): string {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_.]/g, ' ')
    .toLowerCase();
}
