import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { dockerHub } from '../../src/doctor/docker-hub.js';
import type { LocalSettings } from '../../src/environment/environment.js';
import { createNetwork } from '../../src/network.js';
import { portsIn, refusedUrl, serve, temporaryFolder } from '../toolchain/fixture.js';
import { examined } from './examined.js';

const path = '/v2/ratelimitpreview/test/manifests/latest';

async function find(url: string, mirrors: LocalSettings['mirrors'] = {}) {
  const network = createNetwork(portsIn(await temporaryFolder()));
  return examined(dockerHub({ network, local: { mirrors }, url }));
}

/** Answers as Docker Hub does: a token for anybody, and the limit to who has it. */
async function hub(headers: Record<string, string>, status = 200) {
  const seen: string[] = [];
  let origin = '';
  const page: RequestListener = (request, response) => {
    seen.push(`${request.method ?? ''} ${request.headers.authorization ?? 'nobody'}`);
    if (request.headers.authorization !== 'Bearer t0ken') {
      const realm = `Bearer realm="${origin}/token",service="registry.docker.io",scope="repository:x:pull"`;
      response.writeHead(401, { 'www-authenticate': realm }).end();
    } else {
      response.writeHead(status, headers).end();
    }
  };
  const { url } = await serve({
    [path]: page,
    '/token?service=registry.docker.io&scope=repository%3Ax%3Apull': JSON.stringify({ token: 't0ken' }),
    '/': '',
  });
  origin = url;
  return { url, seen };
}

describe('the limit of Docker Hub', () => {
  it('is asked for as anybody, without a download', async () => {
    const { url, seen } = await hub({ 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '76;w=21600' });
    expect(await find(url)).toEqual({
      status: 'ok',
      detail: "76 of 100 downloads left within 6h 00m for this machine's address",
    });
    expect(seen).toEqual(['HEAD nobody', 'HEAD Bearer t0ken']);
  });

  it('is a warning when little is left, with what to do', async () => {
    const { url } = await hub({ 'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '24;w=21600' });
    const { status, detail, fix } = await find(url);
    expect(status).toBe('warning');
    expect(detail).toMatch(/^24 of 100 .* a first `up` needs about 25$/);
    expect(fix?.[0]).toContain('local.registry.caches: [docker.io]');
  });

  it('is a warning when it is reached', async () => {
    const { url } = await hub({}, 429);
    expect(await find(url)).toMatchObject({
      status: 'warning',
      detail: expect.stringMatching(/^0 downloads left/) as string,
    });
  });

  it('may not be there', async () => {
    const { url } = await hub({});
    expect(await find(url)).toEqual({ status: 'ok', detail: 'no limit on downloads for this machine' });
  });

  it('is no trouble when nobody answers', async () => {
    const { status, detail } = await find(await refusedUrl());
    expect(status).toBe('ok');
    expect(detail).toMatch(/^its limit cannot be told: it refused the connection/);
  });

  it('is no trouble when something else answers', async () => {
    const { url } = await serve({ '/': 'hello' });
    expect(await find(url)).toEqual({ status: 'ok', detail: 'its limit cannot be told: it answered 404' });
  });

  it('does not matter where its images come from elsewhere', async () => {
    expect((await find('http://127.0.0.1:9', { 'docker.io': 'https://mirror.example.org' })).detail).toBe(
      'not asked: its images come from https://mirror.example.org',
    );
  });
});
