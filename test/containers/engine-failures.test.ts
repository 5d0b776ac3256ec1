import { describe, expect, it } from 'vitest';
import { explainEngineFailure } from '../../src/containers/engine-failures.js';
import type { EngineAction } from '../../src/containers/explanation.js';
import { toolFailure } from '../../src/process.js';
import { recorded } from './recorded.js';

function explained(words: string, action: Partial<EngineAction> = {}) {
  const failure = toolFailure('docker', ['start', 'web'], { stdout: '', stderr: words, exitCode: 1 });
  return explainEngineFailure(failure, { engine: 'docker', what: 'start the container web', ...action }, words);
}

describe('a failure of Docker', () => {
  it.each([
    ['no-daemon', 'prerequisite', /^docker does not answer: Cannot connect/, /^start Docker/],
    ['permission', 'prerequisite', /^this user may not use docker/, /usermod/],
    ['port-allocated', 'conflict', /^port 15002 is taken by another container$/, /docker ps --filter publish=15002/],
    ['port-in-use', 'conflict', /^port 15999 is taken by another program$/, /listens on port 15999/],
    ['name-in-use', 'conflict', /^there is a container named web already$/, /docker rm --force web/],
    ['network-at-start', 'tool', /^docker has no network named nope$/, /same command again/],
  ] as const)('is known by its words: %s', async (fixture, code, message, fix) => {
    const error = explained(await recorded(`${fixture}.txt`));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.suggestions[0]).toMatch(fix);
    expect(error.command).toBe('docker start web');
  });

  it('names the port for machines too', async () => {
    expect(explained(await recorded('port-allocated.txt')).facts).toMatchObject({ port: 15002, exitCode: 1 });
  });

  it.each([
    ['manifest-unknown', /^there is no image web:1 in its registry$/, /check the name/],
    ['no-such-image', /^docker has no image web:1$/, /docker pull web:1/],
    ['no-such-image-to-tag', /^docker has no image web:1$/, /docker pull web:1/],
    ['no-such-host', /^the registry of web:1 cannot be reached: Get "https:.* no such host$/, /proxy/],
    ['registry-refused', /^the registry of web:1 cannot be reached: .* connection refused$/, /proxy/],
  ] as const)('names the image it is about: %s', async (fixture, message, fix) => {
    const error = explained(await recorded(`${fixture}.txt`), { image: 'web:1' });
    expect(error.code).toBe('tool');
    expect(error.message).toMatch(message);
    expect(error.suggestions[0]).toMatch(fix);
  });

  it.each([
    ['predefined-network', 'bridge is a pre-defined network and cannot be removed'],
    [
      'volume-in-use',
      'remove data: volume is in use - [6c5d60fedb41933acc528094597a36fc1b7fc88aa58813ea961021ace53e3630]',
    ],
    ['no-such-container', 'No such container: nope'],
  ])('is told in its own words where nothing more is known: %s', async (fixture, words) => {
    const error = explained(await recorded(`${fixture}.txt`));
    expect(error).toMatchObject({ code: 'tool', message: `docker could not start the container web: ${words}` });
  });
});

// Words of other versions and of registries, by their documentation, their source or reports of their users.
describe('a failure that other engines put in other words', () => {
  it.each([
    ['failed to bind host port for 127.0.0.1:8080:172.17.0.3:80/tcp: address already in use', '8080'],
    ['failed to bind host port 127.0.0.1:8080/tcp: address already in use', '8080'],
    [
      'Ports are not available: exposing port TCP 127.0.0.1:80 -> 127.0.0.1:0: listen tcp4 127.0.0.1:80: bind: address already in use',
      '80',
    ],
    ['Error: rootlessport listen tcp 0.0.0.0:443: bind: address already in use', '443'],
    ['Bind for :::5000 failed: port is already allocated', '5000'],
  ])('knows the port in: %s', (words, port) => {
    expect(explained(words)).toMatchObject({ code: 'conflict', facts: { port: Number(port) } });
  });

  it.each([
    [
      'toomanyrequests: You have reached your pull rate limit.',
      /^the registry of web:1 allows no more/,
      /docker login/,
    ],
    [
      'pull access denied for web, repository does not exist or may require "docker login"',
      /^the registry does not give web:1 to this machine: pull access denied/,
      /check the name/,
    ],
    ['failed to copy: write /var/lib/x: no space left on device', /^docker has no disk space left/, /docker system df/],
    ['no matching manifest for linux/arm64/v8 in the manifest list entries', /for this kind of processor$/, /tag/],
    ['Get "https://x/v2/": x509: certificate signed by unknown authority', /^the engine does not trust/, /authority/],
  ])('says what to do about: %s', (words, message, fix) => {
    const error = explained(`Error response from daemon: ${words}\n`, { image: 'web:1' });
    expect(error.code).toBe('tool');
    expect(error.message).toMatch(message);
    expect(error.suggestions.join('\n')).toMatch(fix);
  });

  it("knows Podman's words for its own silence", () => {
    const words = 'Cannot connect to Podman. Please verify your connection to the Linux system';
    expect(explained(words, { engine: 'podman' })).toMatchObject({
      code: 'prerequisite',
      suggestions: [expect.stringMatching(/^start Podman/)],
    });
  });
});

describe('a failure of Podman', () => {
  it.each([
    ['name-in-use', 'conflict', 'there is a container named web already'],
    ['port-in-use', 'conflict', 'port 15002 is taken by another program'],
    ['no-such-network', 'tool', 'podman has no network named nope'],
    ['no-such-image', 'tool', 'podman has no image web:1'],
    ['manifest-unknown', 'tool', 'there is no image web:1 in its registry'],
    [
      'no-such-container',
      'tool',
      'podman could not start the container web: no container with name or ID "nope" found',
    ],
  ])('is known by its words: %s', async (fixture, code, message) => {
    const words = await recorded(`${fixture}.txt`, 'podman');
    const error = explained(words, { engine: 'podman', image: 'web:1' });
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});
