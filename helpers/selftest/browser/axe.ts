import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe finds wrong with a page as it stands, one line for each rule and element; empty when it finds nothing. A
 * content security policy of the page does not keep axe out, but a page without JavaScript does.
 */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(source);
  const { violations, passes } = await page.evaluate<AxeResults>('axe.run()');
  // an empty page has no violations either
  if (violations.length + passes.length === 0) throw new Error(`axe has found nothing to look at on ${page.url()}`);
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(
      ({ target, html, failureSummary = '' }) => `${id} (${impact}) at ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')} ${html}`,
    ),
  );
}
