import { describe, expect, it } from '@jest/globals';
import { nearest } from './nearest';

describe('the nearest word', () => {
  it('must share half of its pairs of letters', () => {
    expect([nearest('dbb', ['web', 'db']), nearest('postgers', ['redis', 'postgres']), nearest('mail', ['db'])]).toEqual([
      'db',
      'postgres',
      undefined,
    ]);
  });
});
