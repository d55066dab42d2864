import { describe, expect, it } from '@jest/globals';
import { recording, type Evidence } from '../world/evidence';
import { DockerCli } from './docker-cli';
import { ProbeBroken } from '../world/vantage-point';

/** A client that prints how it was called, or fails. */
const client = (script: string) => new DockerCli(['sh', '-c', script, 'docker']);

async function evidenceOf(body: () => Promise<unknown>): Promise<{ entries: Evidence[]; error: unknown }> {
  let error: unknown;
  const entries = await recording(body, (thrown) => (error = thrown));
  return { entries, error };
}

describe('a docker command-line client', () => {
  it('must answer what it prints, as it prints it', async () => {
    expect(await client('printf "%s|" "$@"').docker('network', 'ls', '--filter', 'a b')).toBe('network|ls|--filter|a b|');
  });

  it('must be evidence as the command that a person types', async () => {
    const { entries } = await evidenceOf(() => client('echo nginx-host').docker('stop', 'nginx-host'));
    expect(entries).toEqual([expect.objectContaining({ kind: 'cli', what: 'docker stop nginx-host', answer: 'nginx-host\n' })]);
  });

  it('must be a broken probe when it fails: what the engine would have said is not known', async () => {
    const { entries, error } = await evidenceOf(() => client('echo "Cannot connect" >&2; exit 1').docker('info'));
    expect(error).toBeInstanceOf(ProbeBroken);
    expect(error).toMatchObject({ message: 'docker info ended with status 1: Cannot connect' });
    expect(entries).toEqual([expect.objectContaining({ answer: 'status 1\nCannot connect\n' })]);
  });

  it('must be a broken probe when there is none', async () => {
    await expect(new DockerCli(['no-such-program']).docker('info')).rejects.toThrow(ProbeBroken);
  });
});
