import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../../fixtures/claims';
import { checkedBy, mustJudgeTheSame } from './same-claims';

describe('the script that the suite is compared with', () => {
  it('checks each claim of the document once, and nothing else', () => {
    const ids = catalogue.filter(({ area }) => area === 'document').map(({ id }) => id);
    const checked = checkedBy(readFileSync(join(__dirname, 'document.sh'), 'utf8'));
    expect(checked.sort()).toEqual(ids.sort());
  });

  it('is not compared when it judged other claims than the suite', () => {
    expect(() => mustJudgeTheSame(['a', 'b'], ['b', 'a'])).not.toThrow();
    expect(() => mustJudgeTheSame(['a'], ['a', 'b'])).toThrow('missing: b');
    expect(() => mustJudgeTheSame(['a', 'b'], ['a'])).toThrow('too many: b');
    expect(() => mustJudgeTheSame(['a', 'a'], ['a'])).toThrow('twice: a');
  });
});
