import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fakeHelm, serve, sha256Of, temporaryFolder } from './fixture.js';

const script = fileURLToPath(new URL('install-helm.ts', import.meta.url));
const tsx = fileURLToPath(import.meta.resolve('tsx'));
const helm = fakeHelm('4.3.1');

interface Installation {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<unknown>;
}

function install(cache: string, site: string): Installation {
  const child = spawn(process.execPath, ['--import', tsx, script, cache, site], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { process: child, output: () => output, ended: once(child, 'close') };
}

describe('several processes with one cache', () => {
  it('download a tool once: the second waits, says for whom, and finds it', async () => {
    const cache = await temporaryFolder();
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const site = await serve({
      '/helm.sha256': sha256Of(helm),
      '/helm': (request, response) => {
        if (request.method === 'HEAD') response.end();
        else void released.then(() => response.end(helm));
      },
    });

    const installations = [install(cache, site.url), install(cache, site.url)];
    await until(() => installations.some(({ output }) => /process \d+ is installing it/.test(output())));
    release();
    await Promise.all(installations.map(({ ended }) => ended));

    const said = installations.map(({ output }) => output());
    expect(said.filter((text) => text.includes('installed '))).toHaveLength(2);
    expect(said.filter((text) => text.includes('waiting for that'))).toHaveLength(1);
    expect(site.requests.filter((request) => request === 'GET /helm')).toHaveLength(1);
  });

  it('go on where one was killed in the middle of a download, and clean up after it', async () => {
    const cache = await temporaryFolder();
    let killNow: () => void = () => undefined;
    const halfway = new Promise<void>((resolve) => (killNow = resolve));
    let downloads = 0;
    const site = await serve({
      '/helm.sha256': sha256Of(helm),
      '/helm': (request, response) => {
        if (request.method === 'HEAD') response.end();
        else if (++downloads > 1) response.end(helm);
        else response.write('#!/bin', killNow);
      },
    });

    const killed = install(cache, site.url);
    await halfway;
    await until(async () => (await readdir(join(cache, 'platform', 'tools', '.work'))).length === 1);
    killed.process.kill('SIGKILL');
    await killed.ended;
    expect(await readdir(join(cache, 'platform', 'tools', '.work'))).toHaveLength(1);

    const second = install(cache, site.url);
    await second.ended;
    expect(second.output()).toContain('installed ');
    expect(await readFile(second.output().split('installed ')[1]?.trim() ?? '', 'utf8')).toBe(helm);
    expect(await readdir(join(cache, 'platform', 'tools', '.work'))).toEqual([]);
  });
});

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20));
}
