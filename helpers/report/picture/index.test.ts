import { describe, expect, it } from '@jest/globals';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { observedTopologies } from '../../selftest/observed-topologies';
import { nasty } from '../../results/sample-results';
import { resultsSchema, type ObservedTopology } from '../../results/results';
import { describeTopology, drawTopology } from './index';

const { pair, halfPublished, hostMode, manyNetworks } = observedTopologies;
const cases = Object.entries(observedTopologies) as [string, ObservedTopology][];

/** The topology with every word that an engine or a container chose made as bad as it can be. */
function hostile(topology: ObservedTopology): ObservedTopology {
  const worsen = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return key === 'driver' ? value : `${nasty} ${value}`;
    if (Array.isArray(value)) return value.map((it) => worsen(it));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, worsen(it, name)]));
    return value;
  };
  return resultsSchema.shape.topologies.element.parse(worsen(topology));
}

/** All elements of an SVG with their attributes, whatever they are in. */
function elements(svg: string): { name: string; attributes: Record<string, string> }[] {
  const parsed = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '', preserveOrder: true }).parse(svg) as Record<
    string,
    unknown
  >[];
  const walk = (nodes: Record<string, unknown>[]): { name: string; attributes: Record<string, string> }[] =>
    nodes.flatMap((node) => {
      const [name] = Object.keys(node).filter((key) => key !== ':@');
      if (name === undefined || name === '#text') return [];
      return [{ name, attributes: (node[':@'] ?? {}) as Record<string, string> }, ...walk(node[name] as Record<string, unknown>[])];
    });
  return walk(parsed);
}

describe.each(cases)('the picture of %s', (_, topology) => {
  it.each(['en', 'ko'] as const)('must be one SVG element that says what it shows, in %s', async (language) => {
    const svg = await drawTopology(topology, language);
    expect(XMLValidator.validate(svg)).toBe(true);
    expect(svg).toMatch(/^<svg .*<\/svg>$/s);
    expect(elements(svg)[0]?.attributes).toMatchObject({
      role: 'img',
      class: expect.stringMatching(/^pic( pic-wide)?$/),
      style: 'max-width:100%;height:auto',
    });
    expect(elements(svg)[0]?.attributes['viewBox']).toMatch(/^0 0 \d+ \d+$/);
    expect(svg).toContain(`<title>${language === 'en' ? 'Topology' : '토폴로지'} ${topology.name}</title>`);
    expect(svg).toContain(`<desc>${describeTopology(topology, language).replaceAll("'", '&#39;')}</desc>`);
  });

  it('must be the same for the same topology', async () => {
    expect(await drawTopology(structuredClone(topology), 'en')).toBe(await drawTopology(topology, 'en'));
  });

  it('must leave colours to the page, and have nothing that many pictures in one page would share', async () => {
    for (const { attributes } of elements(await drawTopology(topology, 'en'))) {
      expect(Object.keys(attributes)).not.toContain('id');
      for (const colour of [attributes['fill'], attributes['stroke']])
        expect(colour ?? 'none').toMatch(/^(none|currentColor|var\(--pic-[a-z-]+, [^()]+(\([^()]*\))?\))$/);
      for (const name of attributes['class']?.split(' ') ?? []) expect(name).toMatch(/^pic(-|$)/);
    }
  });

  it('must have all text escaped, and an end, whatever containers are called', async () => {
    const svg = await drawTopology(hostile(topology), 'ko');
    expect(XMLValidator.validate(svg)).toBe(true);
    expect(svg).not.toMatch(/<script|\]\]>/);
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(svg).not.toMatch(/[\u0000-\u0008\u001b]/);
    expect(new Set(elements(svg).map(({ name }) => name))).toEqual(
      new Set([
        'svg',
        'title',
        'desc',
        'rect',
        ...(svg.includes('<polyline') ? ['polyline'] : []),
        ...(svg.includes('<path') ? ['path'] : []),
        'g',
        'text',
      ]),
    );
    expect(Number(elements(svg)[0]?.attributes['width'])).toBeLessThan(2500);
  });
});

describe('a picture', () => {
  const classes = async (topology: ObservedTopology) =>
    new Set(elements(await drawTopology(topology, 'en')).flatMap(({ attributes }) => attributes['class'] ?? []));

  it('must have classes for everything that is in it', async () => {
    expect(await classes(pair)).toEqual(
      new Set([
        'pic',
        'pic-container',
        'pic-link',
        'pic-socket',
        'pic-host',
        'pic-bridge',
        'pic-veth',
        'pic-member',
        'pic-title',
        'pic-name',
        'pic-code',
        'pic-note',
      ]),
    );
    expect([...(await classes(halfPublished))]).toEqual(expect.arrayContaining(['pic-port', 'pic-publish', 'pic-arrow']));
    expect([...(await classes(manyNetworks))]).toEqual(expect.arrayContaining(['pic-parent']));
    expect([...(await classes({ ...pair, host: null }))]).toEqual(expect.arrayContaining(['pic-network', 'pic-endpoint']));
    expect([
      ...(await classes({ ...hostMode, containers: hostMode.containers.map((container) => ({ ...container, namespace: null })) })),
    ]).toEqual(expect.arrayContaining(['pic-unseen']));
  });

  it('must be drawn even of nothing', async () => {
    expect(XMLValidator.validate(await drawTopology({ name: 'empty', host: null, networks: [], containers: [] }, 'en'))).toBe(true);
  });
});
