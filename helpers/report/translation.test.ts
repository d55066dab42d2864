import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { catalogue } from '../../fixtures/claims';
import { koreanPhrases, koreanSentences, koreanTitles } from '../../fixtures/claims/document/korean';
import { faults } from '../../fixtures/faults';
import { projectRoot } from '../base/project';
import { withWhoseDecision } from '../diagnosis/cause';
import { refusals } from '../diagnosis/refusals';
import { sampleResults } from '../results/sample-results';
import { breaks } from '../selftest/diagnosis-breaks';
import { followedBreaks } from '../selftest/diagnosis-breaks-followed';
import { moreBreaks } from '../selftest/diagnosis-breaks-more';
import { writeReports } from './index';
import { inLanguage, koreanLines, koreanOf, koreanTitle, patternOf } from './translation';

const ofDocument = catalogue.filter(({ area }) => area === 'document');
const korean = /[가-힣]/;
const samples = [...breaks, ...followedBreaks, ...moreBreaks, ...refusals];
const lists = { sentences: koreanSentences, phrases: koreanPhrases, titles: Object.values(koreanTitles) };

describe('what has to be looked at again when an English text changes', () => {
  test('each claim of the document has a title in Korean, made from the one that it has', () => {
    expect(Object.fromEntries(Object.entries(koreanTitles).map(([id, [english]]) => [id, english]))).toEqual(
      Object.fromEntries(ofDocument.map(({ id, title }) => [id, title])),
    );
  });

  test('each sentence that is translated is one that the suite says', () => {
    const folder = path.join(projectRoot, 'helpers');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?<!\.test)\.ts$/.test(file) && !file.startsWith('selftest'))
      .map((file) => readFileSync(path.join(folder, file), 'utf8'));
    const said = [...sources, ...readSpecs()].join('\n').replaceAll(/\\(['`])/g, '$1');
    const texts = samples.flatMap(({ summary, remedy }) => [summary, remedy, withWhoseDecision(remedy)]);
    // words of several places make these
    const putTogether = ['no IPv6 address', "nothing that can be seen without the engine's host explains what {origin} gave: {outcome}"];
    const isSaid = (english: string) =>
      putTogether.includes(english) ||
      texts.some((text) => patternOf(english).test(text) || text.includes(english)) ||
      longestPart(english).some((part) => said.includes(part));
    expect([...koreanSentences, ...koreanPhrases].map(([english]) => english).filter((english) => !isSaid(english))).toEqual([]);
  });

  test('in all causes that faults give the document: none has a summary or a remedy in words without its translation', () => {
    const red = faults.filter(({ kills }) => ofDocument.some(({ id }) => kills.includes(id)));
    const codes = new Set(red.flatMap(({ cause, otherCauses = [] }) => [...(cause === undefined ? [] : [cause]), ...otherCauses]));
    const ofCodes = samples.filter(({ code }) => codes.has(code));
    expect(codes.size).toBeGreaterThan(30);
    expect([...codes].filter((code) => !ofCodes.some((it) => it.code === code))).toEqual([]);
    const told = ofCodes.flatMap(({ summary, remedy }) => [summary, ...(isCommand(remedy) ? [] : [remedy]), remark(remedy)]);
    expect([...new Set(told)].filter((text) => text !== '' && !korean.test(koreanOf(text)))).toEqual([]);
  });

  test('and in the reasons for which one of its claims is not applicable', () => {
    const sources = ofDocument.flatMap(({ since, until }) => [since?.source, until?.source].filter((it) => it !== undefined));
    expect(sources.filter((source) => koreanOf(source) === source)).toEqual([]);
  });
});

/** The longest text between places; of what is put together by words of several places, the longest of those. */
const longestPart = (english: string): string[] =>
  [/\{\w+\}/, /\{\w+\}|[:;,(] ?| (?:was looked at|can be seen) /].flatMap((between) => {
    const parts = english.split(between).sort((one, other) => other.length - one.length);
    return parts.slice(0, 1).filter((part) => part.length > 4);
  });

/** What specs say of versions. */
function readSpecs(): string[] {
  const folder = path.join(projectRoot, 'specs', 'document');
  return readdirSync(folder, { encoding: 'utf8' }).map((file) => readFileSync(path.join(folder, file), 'utf8'));
}

const isCommand = (remedy: string) => /^(docker|ip|bridge|tc|iptables\S*|ip6tables|nft|sysctl|kill|nsenter|for|systemctl|ss) /.test(remedy);

/** What stands behind a command. */
const remark = (remedy: string) => (isCommand(remedy) ? (/ {2}# .*$/.exec(remedy)?.[0].trim().slice(2) ?? '') : '');

describe('a translation', () => {
  test.each(Object.entries(lists))('%s: has the places of its original, is Korean, and is the only one of it', (_, list) => {
    const places = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort();
    expect(list.filter(([english, to]) => JSON.stringify(places(english)) !== JSON.stringify(places(to)))).toEqual([]);
    expect(list.filter(([english, to]) => english !== to && !korean.test(to))).toEqual([]);
    expect(new Set(list.map(([english]) => english)).size).toBe(list.length);
  });

  test('keeps rules, commands and addresses as they are', () => {
    const rule = '-A DOCKER-USER -p tcp -m tcp --dport 80 -j DROP';
    expect(koreanOf(`a rule in filter/DOCKER-USER of host drops the packets: ${rule}`)).toBe(
      `host의 filter/DOCKER-USER에 있는 규칙이 패킷을 버린다: ${rule}`,
    );
    const remedy = withWhoseDecision('iptables -t filter -D DOCKER-USER -p tcp -j DROP');
    expect(koreanOf(remedy)).toMatch(/^iptables -t filter -D DOCKER-USER -p tcp -j DROP {2}# 누군가/);
  });

  test('of a reason is made line by line, with the outcomes in it', () => {
    expect(koreanLines('expected: refused\nactual:   timed-out: Connection timed out\nprobe:    a -> http://172.17.0.3:80')).toBe(
      '기대: 연결 거부\n실제: 시간 초과: Connection timed out\n요청: a -> http://172.17.0.3:80',
    );
  });

  test('has the particle that fits what stands before it', () => {
    expect(koreanOf('nginx02 is paused: its kernel accepts connections and nobody answers')).toMatch(/^nginx02가 /);
    expect(koreanOf('nginx01 is paused: its kernel accepts connections and nobody answers')).toMatch(/^nginx01이 /);
    expect(koreanOf('web is paused: its kernel accepts connections and nobody answers')).toMatch(/^web이\(가\) /);
    expect(koreanOf('nginx01 cannot send to 172.17.0.3: it has no route to it')).toMatch(/172\.17\.0\.3으로/);
    expect(koreanOf('nginx01 cannot send to 172.17.0.1: it has no route to it')).toMatch(/172\.17\.0\.1로/);
    expect(koreanOf('nginx01 cannot send to 172.17.0.2: it has no route to it')).toMatch(/172\.17\.0\.2로/);
  });

  test('what nobody translated stays English', () => {
    expect(koreanOf('something that nobody has said yet')).toBe('something that nobody has said yet');
    expect(koreanTitle('bridge.default.peers-reach-each-other', 'another title')).toBe('another title');
  });
});

describe('results in a language', () => {
  const [{ id, title }] = ofDocument as [(typeof ofDocument)[number]];
  const results = sampleResults();
  const [first] = results.claims;
  const ofFirst = { ...results, claims: first ? [{ ...first, id, title }] : [] };

  test('English is what they are', () => {
    expect(inLanguage(ofFirst)).toBe(ofFirst);
    expect(inLanguage(ofFirst, 'en')).toBe(ofFirst);
  });

  test('in Korean, evidence stays', () => {
    const [translated] = inLanguage(ofFirst, 'ko').claims;
    expect(translated?.title).toMatch(korean);
    expect(translated?.evidence).toBe(first?.evidence);
  });

  test('the terminal is in Korean, results are not', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'translated-'));
    const { terminal } = await writeReports(ofFirst, { directory, json: 'results.json', color: false, env: {}, lang: 'ko' });
    expect(terminal).toContain(koreanTitle(id, title));
    const kept = readFileSync(path.join(directory, 'results.json'), 'utf8');
    rmSync(directory, { recursive: true });
    expect(kept).toContain(title);
    expect(kept).not.toContain(koreanTitle(id, title));
  });
});
