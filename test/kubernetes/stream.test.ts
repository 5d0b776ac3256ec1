import { setMaxListeners } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, type ClusterClient } from '../../src/kubernetes/client.js';
import { kubeconfigText } from '../../src/kubernetes/kubeconfig.js';
import { asset } from '../../src/paths.js';

/** Serves one followed log, which the test writes. */
let server: Server;
let client: ClusterClient;
let folder = '';
let answer: (response: ServerResponse) => void = () => undefined;

beforeEach(async () => {
  const [cert, key] = await Promise.all(
    ['certificate.pem', 'key.pem'].map((name) => readFile(asset('test/fixtures/api-server', name))),
  );
  server = createServer({ cert, key }, (_, response) => {
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  folder = await mkdtemp(join(tmpdir(), 'platform-stream-'));
  const access = {
    cluster: {
      server: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
      'certificate-authority-data': cert?.toString('base64'),
    },
    user: { token: 'test' },
  };
  await writeFile(join(folder, 'kubeconfig'), kubeconfigText('test', access));
  client = await connect(join(folder, 'kubeconfig'), 'test');
});

afterEach(async () => {
  client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function stream(signal = new AbortController().signal, onLine?: (line: string) => void): Promise<string[]> {
  const lines: string[] = [];
  await client.stream(
    '/log?follow=true',
    (line) => {
      lines.push(line);
      onLine?.(line);
    },
    signal,
  );
  return lines;
}

describe('streaming lines from the API server', () => {
  it('gives whole lines however they are cut, and the rest at the end', async () => {
    answer = (response) => {
      const bytes = Buffer.from('first\nsecond ü\n\nlast');
      const cut = bytes.indexOf(0xc3) + 1;
      response.write(bytes.subarray(0, cut), () => {
        setTimeout(() => response.end(bytes.subarray(cut)), 20);
      });
    };
    expect(await stream()).toEqual(['first', 'second ü', '', 'last']);
  });

  it('gives a line as soon as it is there, and ends well when it is aborted', async () => {
    answer = (response) => response.write('first\nhalf');
    const ending = new AbortController();
    const lines = await stream(ending.signal, (line) => {
      if (line === 'first')
        setTimeout(() => {
          ending.abort(new Error('enough'));
        }, 20);
    });
    expect(lines).toEqual(['first', 'half']);
  });

  it('refuses with the words of the API server', async () => {
    answer = (response) => {
      response.writeHead(400).end(JSON.stringify({ reason: 'BadRequest', message: 'container is waiting to start' }));
    };
    await expect(stream()).rejects.toMatchObject({
      status: 400,
      message: 'the API server refused GET /log?follow=true: container is waiting to start',
    });
  });

  it('says that the API server does not answer when the connection breaks', async () => {
    answer = (response) => {
      response.write('first\n', () => {
        response.destroy();
      });
    };
    await expect(stream()).rejects.toThrow('does not answer');
  });

  it('leaves other requests free to go, however many streams are open', async () => {
    answer = (response) => {
      if (response.req.url === '/version') response.end('{}');
      else response.write('open\n');
    };
    const ending = new AbortController();
    setMaxListeners(0, ending.signal);
    let open = 0;
    const streams = Array.from({ length: 12 }, () => stream(ending.signal, () => (open += 1)));
    await expect.poll(() => open).toBe(12);
    expect(await client.text('/version')).toBe('{}');
    ending.abort();
    await Promise.all(streams);
  });
});
