import { describe, expect, it } from '@jest/globals';
import { SetUpFailed } from '../claim/set-up';
import { ProbeBroken } from '../world/vantage-point';
import { refusalOf } from './refusal';

describe('what keeps a trace from being made', () => {
  it('must be one sentence, without the command', () => {
    const broken = new ProbeBroken('sh -c \nlong script\n on web ended with status 1: connect(): \nAddress family not supported');
    expect(refusalOf(broken)).toMatchObject({
      name: 'UserError',
      status: 3,
      message: 'The trace could not look from web: connect(): Address family not supported.',
    });
    expect(refusalOf(new SetUpFailed('no helper'))).toMatchObject({
      name: 'UserError',
      message: 'The trace could not be made: no helper.',
    });
  });

  it('must leave every other error as it is', () => {
    const error = new Error('x');
    expect(refusalOf(error)).toBe(error);
  });
});
