import { expect, it } from '@jest/globals';
import { describeOutcome } from './outcome';

it('an outcome says in one line what was seen, and who answered', () => {
  const page = { kind: 'reached', status: 200, body: 'page', remoteAddress: '172.17.0.3' } as const;
  expect(describeOutcome({ ...page, by: '4f1c' })).toBe('reached (200 from 172.17.0.3, answered by 4f1c)');
  expect(describeOutcome({ ...page, by: undefined })).toBe('reached (200 from 172.17.0.3, answered by a server without identity)');
  expect(describeOutcome({ kind: 'refused', detail: 'Connection refused' })).toBe('refused: Connection refused');
});
