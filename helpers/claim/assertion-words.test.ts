import { describe, expect, it } from '@jest/globals';
import '../jest/matchers';
import { inOneSentence } from './assertion-words';

/** What Jest says of an assertion that fails, without colours. */
function messageOf(assertion: () => unknown): string {
  try {
    assertion();
  } catch (error) {
    // eslint-disable-next-line no-control-regex -- the escape character is what makes it a colour code
    return (error as Error).message.replace(/\u001b\[[0-9;]*m/g, '');
  }
  throw new Error('the assertion holds');
}

describe('a failed assertion in one sentence', () => {
  it.each([
    ['a value', () => expect(1).toBe(0), 'expected 0, but saw 1'],
    [
      'a difference of objects',
      () => expect({ body: { Swarm: { LocalNodeState: 'active' } } }).toMatchObject({ body: { Swarm: { LocalNodeState: 'inactive' } } }),
      'expected "LocalNodeState": "inactive", but saw "LocalNodeState": "active"',
    ],
    ['a difference of lists', () => expect([]).toEqual(['one']), 'expected Array [ "one", ], but saw Array []'],
    ['a list', () => expect([]).toContain('listener'), 'expected "listener", but saw []'],
    ['a length, with what has it', () => expect([1, 2]).toHaveLength(1), 'expected 1, but saw 2'],
    ['a negation', () => expect([]).not.toEqual([]), 'expected not []'],
    ['a comparison', () => expect(3).toBeGreaterThan(4), 'expected > 4, but saw 3'],
    ["one of the suite's own", () => expect('x').toBeHexDigits(2), 'expected 2 hexadecimal digits, but saw "x"'],
  ])('must tell %s', (_, assertion, sentence) => {
    expect(inOneSentence(messageOf(assertion))).toBe(sentence);
  });

  it('must leave other messages, as one line', () => {
    expect(inOneSentence('the engine answered 404:\n no such container')).toBe('the engine answered 404: no such container');
  });

  it('must have an end, whatever is long', () => {
    expect(inOneSentence(messageOf(() => expect('a'.repeat(5000)).toBe('b'.repeat(5000)))).length).toBeLessThan(450);
    expect(inOneSentence('c'.repeat(5000)).length).toBeLessThan(450);
  });
});
