import { describe, expect, it } from '@jest/globals';
import type { EngineState, ModeState } from '../lab';
import { describeEngines, describeModes } from './engine-list';

function engineWith(id: string, state: Pick<EngineState, 'state' | 'reason' | 'remedy'>, modes: ModeState[] = []): EngineState {
  return { id, kind: 'docker', version: '28.5.2', from: 'Debian forky', ...state, modes };
}

function modeOf(engineId: string, id: string, state: Pick<ModeState, 'state' | 'reason' | 'remedy'>): ModeState {
  return { id, title: `It is ${id}.`, engineId: `${engineId}+${id}`, ...state };
}

describe('the list of engines', () => {
  it('must have a line each, with its state, the reason and the remedy', () => {
    expect(
      describeEngines([
        engineWith('docker-28.5.2', { state: 'ready' }),
        engineWith('podman-5', { state: 'unavailable', reason: 'a lab needs root', remedy: 'Run it as root.' }),
      ]),
    ).toBe(
      '  docker-28.5.2  ready, from Debian forky\n  podman-5       unavailable, from Debian forky: a lab needs root. Run it as root.\n',
    );
  });
});

describe('the list of modes', () => {
  it('must have each mode once, and its engines by their states', () => {
    const missing = { state: 'unavailable', reason: 'no TUN device', remedy: 'Load it.' } as const;
    const engines = [
      engineWith('d1', { state: 'ready' }, [modeOf('d1', 'fast', { state: 'ready' }), modeOf('d1', 'rootless', missing)]),
      engineWith('d2', { state: 'ready' }, [modeOf('d2', 'fast', { state: 'ready' }), modeOf('d2', 'rootless', missing)]),
      engineWith('d3', { state: 'buildable' }, [modeOf('d3', 'fast', { state: 'buildable' })]),
    ];
    expect(describeModes(engines)).toBe(
      [
        '  fast      It is fast.',
        '            d1, d2: ready',
        '            d3: buildable',
        '  rootless  It is rootless.',
        '            d1, d2: unavailable: no TUN device. Load it.',
        '',
      ].join('\n'),
    );
  });

  it('must not say again why an engine cannot be had', () => {
    const missing = { state: 'unavailable', reason: 'a lab needs root', remedy: 'Run it as root.' } as const;
    expect(describeModes([engineWith('d1', missing, [modeOf('d1', 'fast', missing)])])).toBe(
      '  fast  It is fast.\n        d1: unavailable, as the engine is\n',
    );
  });
});
