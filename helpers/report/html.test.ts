import { describe, expect, it } from '@jest/globals';
import { XMLValidator } from 'fast-xml-parser';
import { htmlReport } from './html';
import { sectionsOf } from './outline';
import { sampleResults } from './sample-results';

const report = htmlReport(sampleResults());

describe('htmlReport', () => {
  it('closes every element and quotes every attribute', () => {
    const asXml = report.replace('<!doctype html>\n', '').replace(/<(meta|br)([^>]*)>/g, '<$1$2/>');
    expect(XMLValidator.validate(asXml)).toBe(true);
  });

  it('lets no markup of others through', () => {
    expect(report).not.toContain('<script');
    expect(report).toContain('&#60;script&#62;alert(&#34;x&#34;)');
    // eslint-disable-next-line no-control-regex
    expect(report).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('loads nothing from elsewhere', () => {
    expect(report).not.toMatch(/<(script|link|img|iframe)|\s(src|href)=|@import|url\(/);
    expect(report).toContain(`default-src 'none'`);
  });

  it('has a row for every claim, in the order of the catalogue', () => {
    expect([...report.matchAll(/<tr id="([^"]+)">/g)].map(([, id]) => id)).toEqual(sectionsOf(sampleResults().claims).flatMap(({ claims }) => claims.map(({ id }) => id)));
  });

  it('shows evidence, cause, remedy and the command', () => {
    expect(report).toContain('<summary>Evidence (4)</summary>');
    expect(report).toContain('<summary>Evidence of the cause (1)</summary>');
    expect(report).toContain('Remedy: start the engine without a DNS plug-in');
    expect(report).toContain('<code>npm test -- --claim bridge.default.no-name-resolution</code>');
    expect(report).toContain('Exit status 3: the suite itself failed');
  });

  it('names what the run left behind', () => {
    const { host } = sampleResults();
    expect(htmlReport(sampleResults({ host: { ...host, leftovers: ['<b>'] } }))).toContain('<p>The run left behind:</p><ul><li>&#60;b&#62;</li></ul>');
  });
});
