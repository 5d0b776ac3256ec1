import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNetwork } from '../src/network.js';
import {
  contextFor,
  portsIn,
  refusedUrl,
  serve,
  serveSilence,
  sha256Of,
  temporaryFolder,
} from './toolchain/fixture.js';

const impatient = { answerWithinMs: 300, pauseWithinMs: 1000 };

describe('downloading a file', () => {
  it('writes it, digests it and says how far it is', async () => {
    const folder = await temporaryFolder();
    const body = 'x'.repeat(300_000);
    const { url } = await serve({ '/file': body });
    const said: { done: number; total?: number }[] = [];

    const result = await createNetwork(portsIn(folder)).download(`${url}/file`, join(folder, 'file'), {
      onProgress: (progress) => said.push(progress),
    });

    expect(result).toEqual({ sha256: sha256Of(body), bytes: 300_000 });
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe(body);
    expect(said.at(-1)).toEqual({ done: 300_000, total: 300_000 });
  });

  it('follows a redirect', async () => {
    const folder = await temporaryFolder();
    const { url } = await serve({
      '/file': (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      '/elsewhere': 'here',
    });
    expect(await createNetwork(portsIn(folder)).text(`${url}/file`)).toBe('here');
  });

  it('gives up on endless redirects', async () => {
    const { url } = await serve({ '/loop': (_, response) => response.writeHead(302, { location: '/loop' }).end() });
    const network = createNetwork(portsIn(await temporaryFolder()));
    await expect(network.text(`${url}/loop`)).rejects.toThrow(/redirects too often/);
  });

  it('names the status of a page that is not there', async () => {
    const { url } = await serve({});
    const network = createNetwork(portsIn(await temporaryFolder()));
    await expect(network.text(`${url}/nothing`)).rejects.toThrow(`${url}/nothing answered 404`);
  });

  it('leaves nothing of a body that was cut short', async () => {
    const folder = await temporaryFolder();
    const { url } = await serve({
      '/file': (request, response) => {
        response.writeHead(200, { 'content-length': 1000 });
        if (request.method === 'HEAD') response.end();
        else response.write('half', () => request.socket.destroy());
      },
    });
    const network = createNetwork(portsIn(folder));
    await expect(network.download(`${url}/file`, join(folder, 'file'))).rejects.toThrow(/closed .* after 4 bytes/);
    expect(await readdir(folder)).not.toContain('file');
  });

  it('leaves nothing of a body that stops coming', async () => {
    const folder = await temporaryFolder();
    const { url } = await serve({
      '/file': (request, response) => {
        response.writeHead(200, { 'content-length': 1000 });
        if (request.method === 'HEAD') response.end();
        else response.write('half');
      },
    });
    const network = createNetwork(portsIn(folder), impatient);
    await expect(network.download(`${url}/file`, join(folder, 'file'))).rejects.toThrow(/fell silent after 4 bytes/);
    expect(await readdir(folder)).not.toContain('file');
  });

  it('ends with the reason of an interruption and leaves nothing', async () => {
    const folder = await temporaryFolder();
    const interruption = new AbortController();
    const { url } = await serve({
      '/file': (request, response) => {
        response.writeHead(200, { 'content-length': 1000 });
        if (request.method === 'HEAD') response.end();
        else
          response.write('half', () => {
            interruption.abort(new Error('enough'));
          });
      },
    });
    const download = createNetwork(portsIn(folder)).download(
      `${url}/file`,
      join(folder, 'file'),
      contextFor(interruption.signal),
    );
    await expect(download).rejects.toThrow('enough');
    expect(await readdir(folder)).not.toContain('file');
  });

  it('goes through the proxy of the variables, except where they say not to', async () => {
    const proxy = await serve({ 'http://charts.example.org/index': 'through the proxy' });
    const direct = await serve({ '/index': 'directly' });
    const variables = { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' };
    const network = createNetwork(portsIn(await temporaryFolder(), variables));
    expect(await network.text(`${direct.url}/index`)).toBe('directly');
    expect(await network.text('http://charts.example.org/index')).toBe('through the proxy');
  });

  it('gives up on a proxy that does not tunnel', async () => {
    const proxy = await serve({});
    const network = createNetwork(portsIn(await temporaryFolder(), { HTTPS_PROXY: proxy.url }), impatient);
    await expect(network.text('https://charts.example.org/index')).rejects.toThrow(
      'charts.example.org cannot be reached',
    );
  });
});

describe('asking whether a host answers', () => {
  it('counts any answer', async () => {
    const { url } = await serve({});
    expect(await createNetwork(portsIn(await temporaryFolder())).reachable(`${url}/x`)).toEqual({ reachable: true });
  });

  it('says that a host refuses', async () => {
    const network = createNetwork(portsIn(await temporaryFolder()));
    expect(await network.reachable(await refusedUrl())).toEqual({
      reachable: false,
      reason: 'it refused the connection',
    });
  });

  it('says that a name is unknown', async () => {
    const network = createNetwork(portsIn(await temporaryFolder()));
    expect(await network.reachable('https://host.invalid')).toMatchObject({ reachable: false });
  });

  it('gives up on a host that accepts and stays silent, asking it once for all who want to know', async () => {
    const silent = await serveSilence();
    const network = createNetwork(portsIn(await temporaryFolder()), impatient);
    const answers = await Promise.all([network.reachable(silent.url), network.reachable(`${silent.url}/file`)]);
    expect(answers[0]).toEqual({ reachable: false, reason: 'it did not answer within 300ms' });
    expect(answers[1]).toBe(answers[0]);
    expect(silent.connections()).toBe(1);
  });

  it('gives up on a host that takes the request and never answers', async () => {
    const { url } = await serve({ '/file': () => undefined });
    const network = createNetwork(portsIn(await temporaryFolder()), impatient);
    await expect(network.text(`${url}/file`)).rejects.toThrow('did not answer within 300ms');
  });

  it('lets another process know for a while', async () => {
    const folder = await temporaryFolder();
    const silent = await serveSilence();
    let now = Date.now();
    const ports = portsIn(folder);
    const clock = { ...ports.clock, now: () => now };
    await createNetwork({ ...ports, clock }, impatient).reachable(silent.url);

    now += 60_000;
    const second = await createNetwork({ ...ports, clock }, impatient).reachable(silent.url);
    expect(second).toMatchObject({
      reachable: false,
      reason: expect.stringContaining('(1m 00s ago, noted in') as string,
    });
    expect(silent.connections()).toBe(1);

    now += 15 * 60_000;
    await createNetwork({ ...ports, clock }, impatient).reachable(silent.url);
    expect(silent.connections()).toBe(2);
  });

  it('asks again when the proxy settings are others', async () => {
    const folder = await temporaryFolder();
    const silent = await serveSilence();
    await createNetwork(portsIn(folder), impatient).reachable(silent.url);
    await createNetwork(portsIn(folder, { NO_PROXY: '*' }), impatient).reachable(silent.url);
    expect(silent.connections()).toBe(2);
  });

  it('ends the wait when it is interrupted', async () => {
    const silent = await serveSilence();
    const network = createNetwork(portsIn(await temporaryFolder()), impatient);
    await expect(network.reachable(silent.url, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
