import { describe, expect, it } from '@jest/globals';
import { Lifetime, within } from './lifetime';
import { Machines, type ExternalHost } from './machines';

const begin = () => {
  let made = 0;
  return () => Promise.resolve({ machine: { id: `machine ${(made += 1)}` } } as unknown as ExternalHost);
};

describe('external hosts that claims have on loan', () => {
  it('must be for one at a time, and for the next one afterwards', async () => {
    const [machines, make, first] = [new Machines(), begin(), new Lifetime()];
    const one = await within(first, () => machines.lend('plain', make));
    expect(await within(new Lifetime(), () => machines.lend('plain', make))).not.toBe(one);
    await first.end();
    expect(await within(new Lifetime(), () => machines.lend('with a site', make))).not.toBe(one);
    expect(await within(new Lifetime(), () => machines.lend('plain', make))).toBe(one);
  });

  it("must be nobody else's after a claim that has failed, or that has changed them for good", async () => {
    const [machines, make] = [new Machines(), begin()];
    const borrowed = async (change: (lifetime: Lifetime, machine: ExternalHost) => void) => {
      const lifetime = new Lifetime();
      const machine = await within(lifetime, () => machines.lend('plain', make));
      change(lifetime, machine);
      await lifetime.end();
      return machine;
    };
    const one = await borrowed((lifetime) => (lifetime.isDoubtful = true));
    const other = await borrowed((_, machine) => (machine.isSpoilt = true));
    expect(other).not.toBe(one);
    expect([one, other]).not.toContain(await borrowed(() => undefined));
  });
});
