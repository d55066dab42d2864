import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../../fixtures/claims';
import { claimsDocument } from './claims-document';

const file = path.resolve(__dirname, '..', '..', '..', 'docs', 'claims.md');

describe('the catalogue as a document', () => {
  it('must be what docs/claims.md says; UPDATE_CLAIMS=1 writes it anew', () => {
    const document = claimsDocument(catalogue);
    if (process.env['UPDATE_CLAIMS'] === '1') writeFileSync(file, document);
    expect(readFileSync(file, 'utf8')).toBe(document);
  });

  it('must have a place to link to for each claim, and say all of it', () => {
    const document = claimsDocument([
      {
        id: 'some.claim',
        area: 'some',
        section: 'thing',
        level: 'should',
        title: 'A thing must be <this> or *that*',
        observedBy: 'Looking at it.',
        sources: [{ document: 'line 7' }, { docs: 'docs.docker.com/engine/network' }],
        since: { version: '25.0.0', source: 'release notes' },
        until: { version: '28.0.0', source: 'moby pull request 1', replacedBy: 'some.other' },
        requires: ['tools-image', 'own-lab'],
      },
    ]);
    expect(document.slice(document.indexOf('## some'))).toBe(`## some

### thing

<a id="some.claim"></a>**\`some.claim\`** (should)${'  '}
A thing must be \\<this\\> or \\*that\\*
- Seen by: Looking at it.
- Source: the lab's line 7, <https://docs.docker.com/engine/network>
- Since 25.0.0 (release notes)
- Until 28.0.0 (moby pull request 1); then [some.other](#some.other)
- Needs: own-lab
`);
  });
});
