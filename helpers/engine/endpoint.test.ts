import { describe, expect, it } from '@jest/globals';
import path from 'node:path';

import { addressOf, defaultSocket, parseContextHost, parseHost } from './endpoint';

describe('parseHost reads DOCKER_HOST as the Docker CLI does', () => {
  it.each([
    ['unix:///tmp/e.sock', 'unix:///tmp/e.sock'],
    ['unix://', `unix://${defaultSocket}`],
    ['unix://e.sock', `unix://${path.resolve('e.sock')}`],
    [' ', `unix://${defaultSocket}`],
    ['tcp://engine:2376', 'tcp://engine:2376'],
    ['tcp://engine', 'tcp://engine:2375'],
    ['tcp://engine/', 'tcp://engine:2375'],
    ['tcp://', 'tcp://localhost:2375'],
    ['tcp://[::1]:2376', 'tcp://[::1]:2376'],
    ['tcp://[::1]:', 'tcp://[::1]:2375'],
    ['::1', 'tcp://[::1]:2375'],
    ['engine:99', 'tcp://engine:99'],
    ['engine', 'tcp://engine:2375'],
    [':99', 'tcp://localhost:99'],
    [' 127.0.0.1:1 ', 'tcp://127.0.0.1:1'],
    ['ssh://engine', 'ssh://engine'],
    ['ssh://me@engine:22', 'ssh://me@engine:22'],
    ['ssh://me@[::1]:22/run/docker.sock', 'ssh://me@[::1]:22/run/docker.sock'],
    ['ssh://engine/', 'ssh://engine'],
  ])('%j is %s', (text, address) => {
    expect(addressOf(parseHost(text, 'DOCKER_HOST'))).toBe(address);
  });

  it.each([
    ['http://engine:80', /http:\/\/ is not one that Docker accepts/, /tcp:\/\/engine:80/],
    ['https://engine:443', /https:\/\//, /DOCKER_CERT_PATH/],
    ['npipe:////./pipe/docker_engine', /Windows only/, /WSL/],
    ['fd://', /fd:\/\/ is not supported/, /unix:\/\//],
    ['/run/docker.sock', /a path without a scheme/, /unix:\/\/\/run\/docker\.sock/],
    ['./e.sock', /a path without a scheme/, /unix:\/\//],
    ['unix:/run/docker.sock', /a path after host and port/, /tcp:\/\/host:port/],
    ['tcp://engine:2375/prefix', /a path after host and port/, /tcp:\/\/host:port/],
    ['tcp://engine:99999', /99999 is not a port/, /tcp:\/\/host:port/],
    ['tcp://engine:abc', /not a host and a port/, /tcp:\/\/host:port/],
    ['ssh://', /not an ssh address|host is missing/, /ssh:\/\/user@host:port/],
    ['ssh://engine?x=1', /parameters and fragments/, /ssh:\/\/user@host:port/],
    ['ssh://engine/%zz', /% that encodes nothing/, /ssh:\/\/user@host:port/],
  ])('%j is refused', (text, message, remedy) => {
    const read = (): unknown => parseHost(text, 'DOCKER_HOST');
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ name: 'UserError', status: 3, remedy: expect.stringMatching(remedy) }));
  });

  it('does not print the password of a refused address', () => {
    expect(() => parseHost('ssh://me:secret@engine', 'DOCKER_HOST')).toThrow(/^(?!.*secret).*password/);
  });
});

describe('parseContextHost reads the address of a context', () => {
  it.each([
    ['tcp://engine', false, 'tcp://engine:80'],
    ['tcp://engine', true, 'tcp://engine:443'],
    ['http://engine:99', false, 'tcp://engine:99'],
    ['https://engine:99', true, 'tcp://engine:99'],
    ['unix:///tmp/e.sock', true, 'unix:///tmp/e.sock'],
    ['ssh://engine', false, 'ssh://engine'],
  ])('%s with TLS %s is %s', (text, tls, address) => {
    expect(addressOf(parseContextHost(text, 'context', tls))).toBe(address);
  });

  it('refuses what cannot be connected to', () => {
    expect(() => parseContextHost('npipe:////./pipe/x', 'The address of the context "x"', false)).toThrow(
      /context "x" is "npipe:.*Windows only/,
    );
    expect(() => parseContextHost('tcp://engine/prefix', 'context', false)).toThrow(/a path after host and port/);
  });
});
