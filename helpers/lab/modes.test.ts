import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { note } from '../base/output';
import { statSync } from 'node:fs';
import { engines } from '../../fixtures/engines';
import type { EngineRecipe } from '../../fixtures/engines';
import { modes, modesOf } from '../../fixtures/engines/modes';
import type { EngineMode } from '../../fixtures/engines/modes';
import { eventually } from '../claim/eventually';
import { run } from '../base/process';
import { call } from './api';
import { readManifest } from './cache';
import { entryName } from './engine-root';
import { engineStates, prepareLab, socketInLab, startLab } from './index';
import type { Lab } from './index';
import { cachedFor } from './mode';
import { engineId, idInMode } from './select';

jest.setTimeout(300_000);

const labs: Lab[] = [];
afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.stop()));
});

/** What a shell script prints on a lab's host; `docker` in it is a client of the lab's engine. */
async function onHost(lab: Lab, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run(lab.enter(['env', `DOCKER_HOST=unix://${socketInLab}`, 'sh', '-euc', script]));
  if (exitCode !== 0) throw new Error(`${script}\nended with status ${exitCode}: ${stderr}\n${lab.log()}`);
  return stdout.trim();
}

async function info(lab: Lab): Promise<Record<string, unknown>> {
  return JSON.parse((await call(lab.socketPath, 'GET', '/info')).body) as Record<string, unknown>;
}

/** Looks at a lab in which a container has published port 80. */
type Look = (lab: Lab, port: string) => Promise<void>;

/** How each mode shows on the engine's host. */
const looks: Readonly<Record<string, Look>> = {
  'no-userland-proxy': async (lab) => {
    expect(await onHost(lab, 'pidof docker-proxy || echo none')).toBe('none');
  },

  'iptables-legacy': async (lab) => {
    expect(await onHost(lab, 'iptables -V; ip6tables -V')).toMatch(/^iptables \S+ \(legacy\)\nip6tables \S+ \(legacy\)$/);
    expect(await onHost(lab, 'iptables-legacy-save -t nat')).toMatch(/^-A (DOCKER|NETAVARK-DN-\w+) .*-j DNAT/m);
    expect(await onHost(lab, 'nft list tables')).toBe('');
  },

  nftables: async (lab) => {
    expect(await info(lab)).toMatchObject({ FirewallBackend: { Driver: 'nftables' } });
    expect(await onHost(lab, 'nft list table ip docker-bridges')).toMatch(/dport \d+ counter .*dnat to /);
    expect(await onHost(lab, 'iptables-save')).not.toContain('DOCKER');
  },

  'ipv6-default-bridge': async (lab, port) => {
    expect(await onHost(lab, "docker network inspect --format '{{.EnableIPv6}} {{json .IPAM.Config}}' bridge")).toMatch(
      /^true .*"Subnet":"fd4b:7c1e:90a2::\/64"/,
    );
    expect(await onHost(lab, "docker inspect --format '{{.NetworkSettings.Networks.bridge.GlobalIPv6Address}}' web")).toMatch(
      /^fd4b:7c1e:90a2::/,
    );
    // an address cannot be used before the kernel has made sure that nobody else has it (RFC 4862, section 5.4)
    const fetched = (): Promise<string> =>
      onHost(lab, `curl --silent --max-time 2 --output /dev/null --write-out '%{http_code}' 'http://[::1]:${port}/' || true`);
    expect(await eventually(fetched, (status) => status === '200', { within: 10_000 })).toBe('200');
  },

  'netavark-iptables': async (lab) => {
    expect(await onHost(lab, 'iptables-save -t nat')).toMatch(/^-A NETAVARK-DN-\w+ .*-j DNAT/m);
    expect(await onHost(lab, 'nft list tables')).not.toContain('inet netavark');
  },

  cni: async (lab) => {
    expect(await onHost(lab, 'iptables-save -t nat')).toMatch(/^-A CNI-DN-\w+ .*-j DNAT/m);
    expect(await onHost(lab, 'iptables-save')).not.toContain('NETAVARK');
  },

  'cgroup-v2': async (lab) => {
    expect(await info(lab)).toMatchObject({ CgroupVersion: '2' });
    expect(await onHost(lab, 'stat -f -c %T /sys/fs/cgroup; docker exec web ls /sys/fs/cgroup')).toMatch(
      /^(cgroup2fs|UNKNOWN)\n(.*\n)*cgroup\.procs$/m,
    );
  },

  rootless: async (lab, port) => {
    const { SecurityOptions, Rootless } = await info(lab);
    expect(Rootless ?? (SecurityOptions as string[]).includes('name=rootless')).toBe(true);
    // the engine made it
    expect(statSync(lab.socketPath).uid).toBeGreaterThan(0);
    // whoever started the engine reaches what its containers publish
    const outside = await run([
      'nsenter',
      `--net=/proc/${lab.pid}/ns/net`,
      'curl',
      '--silent',
      '--output',
      '/dev/null',
      '--write-out',
      '%{http_code}',
      `http://localhost:${port}/`,
    ]);
    expect(outside.stdout).toBe('200');
    expect(
      await onHost(
        lab,
        'docker run --rm --network host --entrypoint readlink $(docker inspect --format "{{.Config.Image}}" web) /proc/self/ns/net',
      ),
    ).toBe(await onHost(lab, 'readlink /proc/self/ns/net'));
  },
};

/** Publishes port 80 of a container called web. @returns the port of the host, once it answers */
async function publish(lab: Lab): Promise<string> {
  await onHost(lab, `docker run --detach --name web --publish 80 ${lab.image.reference}`);
  const port = (await onHost(lab, 'docker port web 80/tcp')).split('\n')[0]?.split(':').at(-1) ?? '';
  const fetched = (): Promise<string> =>
    onHost(lab, `curl --silent --max-time 2 --output /dev/null --write-out '%{http_code}' http://127.0.0.1:${port}/ || true`);
  expect(await eventually(fetched, (status) => status === '200', { within: 10_000 })).toBe('200');
  return port;
}

async function started(selector: string | undefined): Promise<Lab> {
  const lab = await startLab(await prepareLab(selector, note), { runId: 'unit-test' });
  labs.push(lab);
  return lab;
}

const [byDefault] = engines;

/** The modes of the default engine are fetched where they are not in the cache; of other engines those are tested that are. */
function canBeTested(engine: EngineRecipe, mode: EngineMode): boolean {
  return process.getuid?.() === 0 && (engine === byDefault || readManifest(entryName('template', cachedFor(engine, mode))) !== undefined);
}

describe('a lab in a mode', () => {
  it('is looked at in every mode that there is', () => {
    expect(new Set(Object.keys(looks))).toEqual(new Set(modes.map(({ id }) => id)));
  });

  // the control: what is looked for is not there anyway
  (process.getuid?.() === 0 ? it : it.skip)('is not taken for one without a mode', async () => {
    const lab = await started(undefined);
    const port = await publish(lab);
    const isThereAnyway = (await info(lab))['CgroupVersion'] === '2' ? ['cgroup-v2'] : [];
    for (const [id, look] of Object.entries(looks).filter(([name]) => !isThereAnyway.includes(name))) {
      await expect(look(lab, port).then(() => id)).rejects.toThrow(/expect\(/);
    }
  });

  for (const engine of engines) {
    for (const mode of modesOf(engine)) {
      const id = idInMode(engineId(engine), mode);
      (canBeTested(engine, mode) ? it : it.skip)(`is what it is called: ${id}`, async () => {
        const state = (await engineStates()).flatMap((it) => it.modes).find((it) => it.engineId === id);
        if (state?.reason !== undefined) {
          await expect(prepareLab(id, () => undefined)).rejects.toMatchObject({
            name: 'UserError',
            message: `${id} cannot be started: ${state.reason}.`,
          });
          return;
        }
        const lab = await started(id);
        expect(lab).toMatchObject({ engineId: id, mode: { id: mode.id, title: mode.title } });
        await looks[mode.id]?.(lab, await publish(lab));
      });
    }
  }
});
