import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeImage } from './image-archive';

const linux = process.platform === 'linux' ? describe : describe.skip;
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

linux('an image archive', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dnc-image-test-'));
  const write = async (name: string, time: number): ReturnType<typeof writeImage> => {
    const root = join(folder, name);
    mkdirSync(root);
    writeFileSync(join(root, 'hello'), 'hello');
    utimesSync(join(root, 'hello'), time, time);
    return await writeImage(root, `${root}.tar`, 'test/hello', { Cmd: ['hello'] });
  };
  const read = (member: string): Buffer => execFileSync('tar', ['-xOf', join(folder, 'one.tar'), member]);

  it('names its parts by their digests, in the format of docker save', async () => {
    const { imageId, reference } = await write('one', 1);
    const [manifest] = JSON.parse(read('manifest.json').toString()) as [{ Config: string; RepoTags: string[]; Layers: [string] }];
    const config = read(manifest.Config);
    const { rootfs } = JSON.parse(config.toString()) as { rootfs: { diff_ids: string[] } };
    expect(`sha256:${sha256(config)}`).toBe(imageId);
    expect(rootfs.diff_ids).toEqual([`sha256:${sha256(read(manifest.Layers[0]))}`]);
    expect(manifest.RepoTags).toEqual([reference]);
    expect(reference).toBe(`test/hello:${imageId.slice('sha256:'.length, 'sha256:'.length + 12)}`);
  });

  it('has the same id whenever the same files are packed', async () => {
    const again = await write('two', 1000);
    expect(again.imageId).toBe(`sha256:${sha256(read((JSON.parse(read('manifest.json').toString()) as [{ Config: string }])[0].Config))}`);
    rmSync(folder, { recursive: true });
  });
});
