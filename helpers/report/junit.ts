import { readFileSync } from 'node:fs';
import { exitStatus } from '../user-error';
import { percent } from './judged-share';
import { rerun, specOf, wordsOf } from './outline';
import type { ClaimResult, Results } from './results';
import type { Verdict } from './verdict';
import { exitMeaning } from './verdict-summary';
import { writeFileAtomically } from './write-file';
import { attributeOf, buildXml, childrenNamed, childrenOf, element, nameOf, parseXml, setAttribute, textNode, type XmlNode } from './xml-tree';

/** The element by which JUnit says a verdict; `undefined`: a test case without one has passed. */
const elementOf: Record<Verdict, 'failure' | 'error' | 'skipped' | undefined> = {
  conforms: undefined,
  deviates: 'failure',
  'not-applicable': 'skipped',
  blocked: 'skipped',
  error: 'error',
};

/**
 * Completes the file that jest-junit wrote: Jest knows passed, failed and skipped, but neither claims nor reasons.
 * What Jest reported beside the claims, such as a spec that cannot be loaded, stays in the file. Where there is no
 * usable file (Jest died before it was written), one is made from the results alone.
 */
export function completeJunit(path: string, results: Results): void {
  writeFileAtomically(path, completedJunit(readIfThere(path), results));
}

/** {@link completeJunit} on the text of the file. */
export function completedJunit(xml: string, results: Results): string {
  const root = parseXml(xml)?.find((node) => nameOf(node) === 'testsuites') ?? element('testsuites', { name: results.suite.name });
  const claims = new Map(results.claims.map((claim) => [claim.id, claim]));
  const reported = new Set<string>();
  for (const testcase of childrenNamed(root, 'testsuite').flatMap((suite) => childrenNamed(suite, 'testcase'))) {
    const claim = claims.get(claimIdOf(testcase));
    if (!claim) continue;
    reported.add(claim.id);
    complete(testcase, claim, results.engine.id);
  }
  for (const claim of results.claims) {
    if (!reported.has(claim.id)) addMissing(root, claim, results);
  }
  addGate(root, results);
  count(root);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${buildXml([root])}`;
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The title of a claim's test is `<id>: <title>`. */
function claimIdOf(testcase: XmlNode): string {
  return (attributeOf(testcase, 'name') ?? '').split(': ', 1)[0] ?? '';
}

function complete(testcase: XmlNode, claim: ClaimResult, engineId: string): void {
  const children = childrenOf(testcase);
  const verdicts = children.filter((child) => ['failure', 'error', 'skipped'].includes(nameOf(child)));
  const others = children.filter((child) => !verdicts.includes(child) && nameOf(child) !== 'properties');
  const own = properties(claim, engineId);
  const ownNames = new Set(own.map((property) => attributeOf(property, 'name')));
  const kept = childrenNamed(testcase, 'properties').flatMap(childrenOf);
  const merged = [...kept.filter((property) => !ownNames.has(attributeOf(property, 'name'))), ...own];
  // readers that follow the common schema expect the properties before the verdict
  testcase[nameOf(testcase)] = [element('properties', {}, merged), ...verdictElements(claim, verdicts), ...others];
}

/** The verdict's element with the reason; the texts of Jest's failures, with their stack traces, are kept. */
function verdictElements(claim: ClaimResult, fromJest: XmlNode[]): XmlNode[] {
  const name = claim.waiver?.state === 'applies' ? 'skipped' : elementOf[claim.verdict];
  // never hides a failure that Jest saw, say in an afterEach, behind a claim that conforms
  if (!name) return fromJest.filter((node) => nameOf(node) !== 'skipped');
  const reason = claim.reason ?? '';
  if (name === 'skipped') return [element(name, { message: `${wordsOf(claim).label}: ${claim.waiver?.state === 'applies' ? `${claim.waiver.reason} (until ${claim.waiver.expires}, ${claim.waiver.link}) ` : ''}${reason}` })];
  const texts = fromJest.map(childrenOf).filter((children) => children.length > 0);
  const card = textNode(cardOf(claim));
  const bodies = texts.length > 0 ? texts.map((text, index) => (index === 0 && !beginsWith(text, card) ? [card, ...text] : text)) : [[card, textNode(reason)]];
  return bodies.map((body) => element(name, { message: reason.split('\n', 1)[0] ?? '', type: claim.verdict }, body));
}

/** What helps whoever reads the failure in a CI system: why, what to do, and how to run nothing but this. */
function cardOf(claim: ClaimResult): string {
  const { cause } = claim;
  const lines = [...(cause ? [`cause:  ${cause.summary} (${cause.code})`, `remedy: ${cause.remedy}`] : []), `again:  ${rerun(claim)}`];
  return `${lines.join('\n')}\n\n`;
}

/** Whether the card is there already, from an earlier completion of the same file. */
function beginsWith([first]: XmlNode[], card: XmlNode): boolean {
  const text = (node: XmlNode | undefined) => (typeof node?.['#text'] === 'string' ? node['#text'].trim() : '');
  return text(first).startsWith(text(card));
}

function properties(claim: ClaimResult, engineId: string): XmlNode[] {
  const values = {
    'claim.id': claim.id,
    'claim.level': claim.level,
    'claim.verdict': claim.verdict,
    'claim.reason': claim.reason,
    'claim.area': claim.area,
    'claim.section': claim.section,
    'claim.waiver': claim.waiver?.state,
    'cause.code': claim.cause?.code,
    'cause.summary': claim.cause?.summary,
    'cause.remedy': claim.cause?.remedy,
    'engine.id': engineId,
  };
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [element('property', { name, value })]));
}

/** A claim without a test case: its spec crashed, or Jest was stopped before it. */
function addMissing(root: XmlNode, claim: ClaimResult, results: Results): void {
  const file = specOf(claim);
  const time = String(claim.durationMs / 1000);
  const testcase = element('testcase', { classname: claim.section, name: `${claim.id}: ${claim.title}`, time, file });
  complete(testcase, claim, results.engine.id);
  let suite = childrenNamed(root, 'testsuite').find((node) => attributeOf(node, 'name') === file);
  if (!suite) {
    suite = element('testsuite', { name: file, timestamp: results.startedAt.slice(0, 19), time: '0' });
    childrenOf(root).push(suite);
  }
  childrenOf(suite).push(testcase);
}

/** What readers of JUnit gate on is a case that failed: one says that too little was judged, where that decides. */
function addGate(root: XmlNode, results: Results): void {
  const name = results.suite.name;
  const others = childrenOf(root).filter((node) => attributeOf(node, 'name') !== name);
  const { exitStatus: status, leastJudged = 0 } = results.summary;
  const message = `exit status ${status}: ${exitMeaning(results)}`;
  const gate = () => element('testcase', { classname: name, name: `at least ${percent(leastJudged)} of the applicable claims must be judged`, time: '0' }, [element('failure', { message, type: 'too-little' }, [textNode(message)])]);
  childrenOf(root).splice(0, Infinity, ...others, ...(status === exitStatus.tooLittle ? [element('testsuite', { name, timestamp: results.startedAt.slice(0, 19), time: '0' }, [gate()])] : []));
}

/** Counts every suite and the root again, from the test cases as they are now. */
function count(root: XmlNode): void {
  const suites = childrenNamed(root, 'testsuite');
  for (const node of [root, ...suites]) {
    const testcases = node === root ? suites.flatMap((suite) => childrenNamed(suite, 'testcase')) : childrenNamed(node, 'testcase');
    const having = (name: string) => String(testcases.filter((testcase) => childrenNamed(testcase, name).length > 0).length);
    setAttribute(node, 'tests', String(testcases.length));
    setAttribute(node, 'failures', having('failure'));
    setAttribute(node, 'errors', having('error'));
    setAttribute(node, 'skipped', having('skipped'));
  }
}
