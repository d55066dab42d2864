import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { ErrorListeners } from './error-listeners';

const event = 'uncaughtException';

/** A process, and what Jest does to its listeners when a file begins and ends. */
function processWithJest() {
  const emitter = new EventEmitter();
  const listeners = new ErrorListeners(emitter);
  const outside = () => undefined;
  emitter.on(event, outside);
  const begin = () => {
    const own = () => undefined;
    listeners.beforeFile();
    const found = emitter.rawListeners(event) as (() => void)[];
    emitter.removeAllListeners(event);
    emitter.on(event, own);
    listeners.fileBegan(own);
    const end = () => {
      emitter.removeListener(event, own);
      for (const listener of found) emitter.on(event, listener);
      listeners.fileEnded(own);
    };
    return { own, end };
  };
  return { begin, outside, heard: () => emitter.listeners(event) };
}

describe('the listeners to errors of a process', () => {
  it('must be as before when a file has ended', () => {
    const { begin, outside, heard } = processWithJest();
    const { own, end } = begin();
    expect(heard()).toEqual([own]);
    end();
    expect(heard()).toEqual([outside]);
  });

  it.each(['first', 'last'])('must be those of the file that goes on, and as before after both, where the one that began %s ends first', (which) => {
    const { begin, outside, heard } = processWithJest();
    const files = [begin(), begin()];
    const [one, other] = which === 'first' ? files : files.reverse();
    one?.end();
    expect(heard()).toEqual([other?.own]);
    other?.end();
    expect(heard()).toEqual([outside]);
  });

  it('must not become more from file to file', () => {
    const { begin, outside, heard } = processWithJest();
    let before = begin();
    for (let n = 0; n < 20; n++) {
      const next = begin();
      before.end();
      before = next;
    }
    before.end();
    expect(heard()).toEqual([outside]);
  });
});
