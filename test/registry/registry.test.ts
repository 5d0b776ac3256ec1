import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNetwork } from '../../src/network.js';
import { dockerCredentials } from '../../src/registry/docker-credentials.js';
import { createRegistries } from '../../src/registry/registry.js';
import { portsIn, refusedUrl, serve } from '../toolchain/fixture.js';
import { startRegistry, type RegistryOptions, type RegistryServer } from './registry-server.js';

let folder = '';
const servers: RegistryServer[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-registry-'));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await rm(folder, { recursive: true });
});

const { signal } = new AbortController();

async function registry(options?: RegistryOptions): Promise<RegistryServer> {
  const server = await startRegistry(options);
  servers.push(server);
  return server;
}

/** Asks with what Docker would have in its file. */
async function ask(image: string, auths: Record<string, object> = {}) {
  await mkdir(join(folder, '.docker'), { recursive: true });
  await writeFile(join(folder, '.docker', 'config.json'), JSON.stringify({ auths, credsStore: 'desktop' }));
  const ports = portsIn(folder);
  const credentials = await dockerCredentials(ports.variables);
  return createRegistries({ network: createNetwork(ports), credentials }).digestOf(image, signal);
}

const login = (user: string) => ({ auth: Buffer.from(user).toString('base64') });

describe('the digest of an image', () => {
  it('is what its registry says, without downloading anything', async () => {
    const server = await registry();
    const digest = server.push('shop/web', '1.0');
    expect(await ask(`${server.host}/shop/web:1.0`)).toEqual({ digest });
    expect(server.requests).toEqual(['HEAD /v2/shop/web/manifests/1.0']);
  });

  it('is that of the tag latest where none is given', async () => {
    const server = await registry();
    const digest = server.push('shop/web', 'latest');
    expect(await ask(`${server.host}/shop/web`)).toEqual({ digest });
  });

  it('is made of the manifest where the registry does not say it', async () => {
    const server = await registry({ saysDigests: false });
    const digest = server.push('shop/web', '1.0');
    expect(await ask(`${server.host}/shop/web:1.0`)).toEqual({ digest });
  });

  it('is not asked for where the reference has it', async () => {
    const digest = `sha256:${'b'.repeat(64)}`;
    expect(await ask(`registry.invalid/web:1@${digest}`)).toEqual({ digest });
  });

  it('is found with a token that anybody gets', async () => {
    const server = await registry({ login: 'token' });
    const digest = server.push('shop/web', '1.0');
    expect(await ask(`${server.host}/shop/web:1.0`)).toEqual({ digest });
    expect(server.requests).toEqual([
      'HEAD /v2/shop/web/manifests/1.0',
      'GET /token',
      'HEAD /v2/shop/web/manifests/1.0',
    ]);
  });

  it('asks for each token once', async () => {
    const server = await registry({ login: 'token' });
    const digest = server.push('shop/web', '1.0');
    server.push('shop/web', '2.0');
    const network = createNetwork(portsIn(folder));
    const registries = createRegistries({ network, credentials: () => undefined });
    expect(await registries.digestOf(`${server.host}/shop/web:1.0`, signal)).toEqual({ digest });
    await registries.digestOf(`${server.host}/shop/web:2.0`, signal);
    expect(server.requests.filter((request) => request === 'GET /token')).toHaveLength(1);
  });

  it('is found with a token where the registry would take a password, too', async () => {
    const digest = `sha256:${'d'.repeat(64)}`;
    const site: { url: string } = await serve({
      '/v2/': '',
      '/token': JSON.stringify({ access_token: 'abc' }),
      '/v2/shop/web/manifests/1.0': ({ headers }, response) => {
        const realm = `Bearer realm="${site.url}/token"`;
        if (headers.authorization === 'Bearer abc') response.writeHead(200, { 'docker-content-digest': digest });
        else response.writeHead(401, { 'www-authenticate': [realm, 'Basic realm="images"'] });
        response.end();
      },
    });
    const { host } = new URL(site.url);
    expect(await ask(`${host}/shop/web:1.0`)).toEqual({ digest });
  });

  it.each(['token', 'basic'] as const)('is found with the login that Docker has: %s', async (way) => {
    const server = await registry({ login: way, user: 'me:p:w' });
    const digest = server.push('shop/web', '1.0');
    const image = `${server.host}/shop/web:1.0`;
    const nothing = { digest: null, reason: `${server.host} does not show it without a login` };
    expect(await ask(image)).toEqual(nothing);
    expect(await ask(image, { [server.host]: login('me:wrong') })).toEqual(nothing);
    expect(await ask(image, { 'ghcr.io': login('me:p:w') })).toEqual(nothing);
    expect(await ask(image, { [server.host]: login('me:p:w') })).toEqual({ digest });
    expect(await ask(image, { [`https://${server.host}/v1/`]: login('me:p:w') })).toEqual({ digest });
  });

  it('never sends a login to a host that the registry redirects to', async () => {
    const elsewhere = await registry();
    const digest = elsewhere.push('shop/web', '1.0');
    const seen: (string | undefined)[] = [];
    const mirror = await serve({
      '/v2/': '',
      '/v2/shop/web/manifests/1.0': (request, response) => {
        if (request.headers.authorization === undefined) {
          response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
          return;
        }
        response.writeHead(307, { location: `${between.url}/shop` }).end();
      },
    });
    const between = await serve({
      '/shop': (request, response) => {
        seen.push(request.headers.authorization);
        response.writeHead(307, { location: `http://${elsewhere.host}/v2/shop/web/manifests/1.0` }).end();
      },
    });
    const host = new URL(mirror.url).host;
    expect(await ask(`${host}/shop/web:1.0`, { [host]: login('me:pw') })).toEqual({ digest });
    expect([...new Set(seen)]).toEqual([undefined]);
  });

  it.each([
    [404, 'does not have it'],
    [403, 'does not show it without a login'],
    [429, 'allows no more requests for now'],
    [500, 'answered 500'],
  ])('is not known when the registry answers %i', async (status, words) => {
    const server = await registry();
    server.refuse(status);
    const answer = await ask(`${server.host}/shop/web:1.0`);
    expect(answer).toEqual({ digest: null, reason: `${server.host} ${words}` });
  });

  it('is not known when the registry does not answer', async () => {
    const { host } = new URL(await refusedUrl());
    expect(await ask(`${host}/shop/web:1.0`)).toEqual({
      digest: null,
      reason: `${host}: it refused the connection`,
    });
  });

  it('is not known of what is no image', async () => {
    expect(await ask('Not An Image')).toEqual({ digest: null, reason: 'it is not an image reference' });
  });

  it('ends when it is interrupted', async () => {
    const server = await registry();
    const network = createNetwork(portsIn(folder));
    const registries = createRegistries({ network, credentials: () => undefined });
    const asking = registries.digestOf(`${server.host}/shop/web:1.0`, AbortSignal.abort(new Error('stop')));
    await expect(asking).rejects.toThrow('stop');
  });
});

describe('what Docker is logged in with', () => {
  const credentialsIn = async (config: string) => {
    await writeFile(join(folder, 'config.json'), config);
    return dockerCredentials({ DOCKER_CONFIG: folder });
  };

  it('is found for Docker Hub under its old name', async () => {
    const of = await credentialsIn(JSON.stringify({ auths: { 'https://index.docker.io/v1/': login('me:pw') } }));
    expect(of('docker.io')).toEqual({ username: 'me', password: 'pw' });
    expect(of('quay.io')).toBeUndefined();
  });

  it.each(['', '{', '{"auths": {"quay.io": {}}}', '{"credsStore": "desktop"}'])('is nothing in %j', async (config) => {
    expect((await credentialsIn(config))('quay.io')).toBeUndefined();
  });

  it('is nothing without the file', async () => {
    expect((await dockerCredentials({ HOME: join(folder, 'none') }))('quay.io')).toBeUndefined();
  });
});
