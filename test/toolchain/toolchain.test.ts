import { chmod, mkdir, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/errors.js';
import { createNetwork } from '../../src/network.js';
import { systemProcesses } from '../../src/process.js';
import { currentPlatform, type DownloadPin, type Pins } from '../../src/toolchain/pins.js';
import { createToolchain } from '../../src/toolchain/toolchain.js';
import {
  contextFor,
  fakeHelm,
  helmPins,
  portsIn,
  refusedUrl,
  serve,
  serveSilence,
  sha256Of,
  temporaryFolder,
} from './fixture.js';
import { zipOf } from './zip.js';

const helm = fakeHelm('4.3.1');

function helmSite(program = helm, sum = sha256Of(program)) {
  return serve({ '/helm': program, '/helm.sha256': `${sum}\n` });
}

async function helmOnPath(folder: string, name: string, script: string): Promise<string> {
  const bin = join(folder, name);
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'helm'), script);
  await chmod(join(bin, 'helm'), 0o755);
  return bin;
}

async function failureOf(work: Promise<unknown>): Promise<PlatformError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PlatformError) return error;
  throw new Error(`expected a PlatformError, not ${String(error)}`);
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe('a tool on PATH', () => {
  it('is taken when its version will do, past one that is too old', async () => {
    const folder = await temporaryFolder();
    const old = await helmOnPath(folder, 'old', fakeHelm('3.19.0'));
    const good = await helmOnPath(folder, 'good', fakeHelm('4.9.2+gabc'));
    const toolchain = createToolchain(portsIn(folder, { PATH: `${old}:${good}` }), { pins: helmPins('http://none') });
    expect(await toolchain.find('helm')).toEqual({
      name: 'helm',
      version: '4.9.2',
      path: join(good, 'helm'),
      source: 'path',
    });
  });

  it('is refused with the reason where it is known to be broken', async () => {
    const folder = await temporaryFolder();
    const broken = await helmOnPath(folder, 'broken', fakeHelm('4.2.1'));
    const pins = helmPins('http://127.0.0.1:1', { because: '4.2.1 hangs in hooks' });
    const toolchain = createToolchain(portsIn(folder, { PATH: broken }), { pins });
    const context = { signal: new AbortController().signal, progress: () => undefined };
    await expect(toolchain.install('helm', context)).rejects.toMatchObject({
      output: expect.stringContaining('is 4.2.1; wanted: >=4.3.0 <5, because 4.2.1 hangs in hooks') as string,
    });
  });

  it('is asked once, until its file changes', async () => {
    const folder = await temporaryFolder();
    const bin = await helmOnPath(folder, 'bin', fakeHelm('3.19.0'));
    const started: string[] = [];
    const processes = systemProcesses({ started: ({ command }) => started.push(command) });
    const find = () =>
      createToolchain({ ...portsIn(folder, { PATH: bin }), processes }, { pins: helmPins('http://none') }).find('helm');

    expect(await find()).toBeUndefined();
    expect(await find()).toBeUndefined();
    expect(started).toEqual([`${bin}/helm version --short`]);

    await helmOnPath(folder, 'bin', `${fakeHelm('4.4.0')}# newer\n`);
    expect(await find()).toMatchObject({ version: '4.4.0' });
    expect(started).toHaveLength(2);
  });

  it('is passed over when it says nothing that looks like a version, or cannot run', async () => {
    const folder = await temporaryFolder();
    const mute = await helmOnPath(folder, 'mute', '#!/bin/sh\nexit 1\n');
    const broken = await helmOnPath(folder, 'broken', '#!/nowhere/interpreter\n');
    const ports = portsIn(folder, { PATH: `${mute}:${broken}` });
    const toolchain = createToolchain(ports, { pins: helmPins(await refusedUrl()) });
    expect(await toolchain.find('helm')).toBeUndefined();
    const { output } = await failureOf(toolchain.install('helm', contextFor()));
    expect(output).toContain(`PATH: ${mute}/helm does not say its version, ${broken}/helm does not say its version`);
  });
});

describe('an official download', () => {
  it('is verified, kept and found again without a process or a request', async () => {
    const folder = await temporaryFolder();
    const site = await helmSite();
    const toolchain = createToolchain(portsIn(folder), { pins: helmPins(site.url) });
    const context = contextFor();

    const tool = await toolchain.install('helm', context);

    expect(tool).toMatchObject({ version: '4.3.1', source: 'download' });
    expect(execFileSync(tool.path, { encoding: 'utf8' })).toBe('v4.3.1\n');
    expect(context.said.at(-1)).toMatchObject({ done: helm.length, total: helm.length, unit: 'bytes' });
    const requests = site.requests.length;
    expect(await createToolchain(portsIn(folder), { pins: helmPins(site.url) }).find('helm')).toEqual(tool);
    expect(await toolchain.install('helm', contextFor())).toEqual(tool);
    expect(site.requests).toHaveLength(requests);
    expect(await readdir(join(folder, 'platform', 'tools', '.work'))).toEqual([]);
  });

  it('is unpacked from an archive', async () => {
    const folder = await temporaryFolder();
    await helmOnPath(folder, 'linux-any', helm);
    execFileSync('tar', ['-czf', 'helm.tar.gz', 'linux-any'], { cwd: folder });
    const archive = await readFile(join(folder, 'helm.tar.gz'));
    const site = await serve({
      '/v4/helm.tar.gz': (_, response) => response.end(archive),
      '/SUMS': `${'0'.repeat(64)}  other.tar.gz\n${sha256Of(archive)}  helm.tar.gz\n`,
    });
    const pins = downloadedFrom({
      url: `${site.url}/v4/helm.tar.gz`,
      archive: { format: 'tar.gz', path: 'linux-any/helm' },
      checksum: { format: 'list', url: `${site.url}/SUMS` },
    });
    const ports = portsIn(folder, { PATH: '' });
    const tool = await createToolchain(ports, { pins }).install('helm', contextFor());
    expect(execFileSync(tool.path, { encoding: 'utf8' })).toBe('v4.3.1\n');
  });

  it('is unpacked from a zip archive', async () => {
    const archive = zipOf({ 'etcd-any/etcd': helm, 'etcd-any/README.md': 'read me' });
    const site = await serve({
      '/helm.zip': (_, response) => response.end(archive),
      '/helm.zip.sha256': sha256Of(archive),
    });
    const url = `${site.url}/helm.zip`;
    const pins = downloadedFrom({
      url,
      archive: { format: 'zip', path: 'etcd-any/etcd' },
      checksum: { format: 'single', url: `${url}.sha256` },
    });
    const tool = await createToolchain(portsIn(await temporaryFolder()), { pins }).install('helm', contextFor());
    expect(execFileSync(tool.path, { encoding: 'utf8' })).toBe('v4.3.1\n');
  });

  it('needs no checksum file where the sum is pinned', async () => {
    const site = await serve({ '/helm': helm });
    const pins = downloadedFrom({
      url: `${site.url}/helm`,
      checksum: { format: 'single', url: `${site.url}/helm.sha256` },
      sha256: sha256Of(helm),
    });
    const tool = await createToolchain(portsIn(await temporaryFolder()), { pins }).install('helm', contextFor());
    expect(tool.source).toBe('download');
  });

  it('with a wrong checksum is an error that names all of it, tries no other way and leaves nothing', async () => {
    const folder = await temporaryFolder();
    const site = await helmSite(helm, 'f'.repeat(64));
    const error = await failureOf(
      createToolchain(portsIn(folder), { pins: helmPins(site.url) }).install('helm', contextFor()),
    );
    expect(error.code).toBe('conflict');
    expect(error.message).toBe(`the download of helm has the wrong checksum: ${site.url}/helm`);
    expect(error.output).toContain('f'.repeat(64));
    expect(error.output).toContain(sha256Of(helm));
    expect(await filesBelow(folder)).toEqual([]);
  });

  it('is refused when its publisher says another sum than the one that was verified before', async () => {
    const folder = await temporaryFolder();
    let program = helm;
    const site = await serve({
      '/helm': (_, response) => response.end(program),
      '/helm.sha256': (_, response) => response.end(sha256Of(program)),
    });
    const pins = helmPins(site.url);
    const first = await createToolchain(portsIn(folder), { pins }).install('helm', contextFor());
    await truncate(first.path);
    program = `${helm}# replaced\n`;

    const error = await failureOf(createToolchain(portsIn(folder), { pins }).install('helm', contextFor()));
    expect(error.code).toBe('conflict');
    expect(error.message).toContain('has changed since it was verified');
    expect(error.output).toContain(sha256Of(helm));
    expect(error.output).toContain(sha256Of(program));
  });

  it('says who built it where that is not the project', async () => {
    const site = await helmSite();
    const url = `${site.url}/helm`;
    const pins = downloadedFrom({ url, checksum: { format: 'single', url: `${url}.sha256` }, unofficial: 'somebody' });
    const folder = await temporaryFolder();
    const context = contextFor();
    await createToolchain(portsIn(folder), { pins }).install('helm', context);
    expect(context.said.at(-1)?.message).toContain('an unofficial build by somebody');
    expect(await createToolchain(portsIn(folder), { pins }).find('helm')).toMatchObject({ unofficial: 'somebody' });
  });
});

describe('a tool in the cache', () => {
  it.each([
    ['cut short', (path: string) => truncate(path, 3)],
    [
      'written over',
      async (path: string) => {
        await utimes(path, 1, 1);
      },
    ],
    ['without its record', (path: string) => writeFile(join(path, '..', 'record.json'), '{"version":')],
  ])('is not trusted when it is %s, and brought again', async (_, damage) => {
    const folder = await temporaryFolder();
    const site = await helmSite();
    const toolchain = createToolchain(portsIn(folder), { pins: helmPins(site.url) });
    const { path } = await toolchain.install('helm', contextFor());
    await damage(path);
    expect(await toolchain.find('helm')).toBeUndefined();
    await toolchain.install('helm', contextFor());
    expect(await readFile(path, 'utf8')).toBe(helm);
    expect((await stat(path)).mode & 0o777).toBe(0o755);
  });
});

describe('a tool that cannot be had', () => {
  it('is an error that names every way and why it failed', async () => {
    const toolchain = createToolchain(portsIn(await temporaryFolder()), { pins: helmPins(await refusedUrl()) });
    const error = await failureOf(toolchain.install('helm', contextFor()));
    expect(error.code).toBe('prerequisite');
    expect(error.message).toBe('helm 4.3.1 is not here and could not be installed');
    expect(error.output?.split('\n')).toEqual([
      'PATH: there is no helm',
      expect.stringMatching(/^download: 127.0.0.1:\d+ cannot be reached: it refused the connection$/),
      'go: no Go module of it is pinned',
    ]);
    expect(error.suggestions[0]).toBe('put helm >=4.3.0 <5 on PATH');
  });

  it.each([
    ['no checksum is published', { '/helm': helm }, /helm.sha256 answered 404/],
    ['a sign-in page answers everything', { '/helm': '<html>', '/helm.sha256': '<html>' }, /says no SHA-256 of helm/],
  ])('is not taken unverified: %s', async (_, pages, reason) => {
    const site = await serve(pages);
    const folder = await temporaryFolder();
    const toolchain = createToolchain(portsIn(folder), { pins: helmPins(site.url) });
    expect((await failureOf(toolchain.install('helm', contextFor()))).output).toMatch(reason);
    expect(site.requests).not.toContain('GET /helm');
  });

  it('says so soon when its host accepts and stays silent', async () => {
    const silent = await serveSilence();
    const ports = portsIn(await temporaryFolder());
    const network = createNetwork(ports, { answerWithinMs: 200 });
    const toolchain = createToolchain(ports, { pins: helmPins(silent.url), network });
    expect((await failureOf(toolchain.install('helm', contextFor()))).output).toContain('did not answer within 200ms');
  });

  it('is not looked for further after an interruption', async () => {
    const interruption = new AbortController();
    const site = await serve({
      '/helm.sha256': sha256Of(helm),
      '/helm': (_, response) => {
        response.write('half', () => {
          interruption.abort(new DOMException('interrupted', 'AbortError'));
        });
      },
    });
    const folder = await temporaryFolder();
    const toolchain = createToolchain(portsIn(folder), { pins: helmPins(site.url) });
    await expect(toolchain.install('helm', contextFor(interruption.signal))).rejects.toThrow('interrupted');
    expect(await filesBelow(folder)).toEqual([]);
  });
});

it('installs a tool once for two who ask at the same time', async () => {
  const site = await helmSite();
  const toolchain = createToolchain(portsIn(await temporaryFolder()), { pins: helmPins(site.url) });
  const [one, other] = await Promise.all([
    toolchain.install('helm', contextFor()),
    toolchain.install('helm', contextFor()),
  ]);
  expect(one).toBe(other);
  expect(site.requests.filter((request) => request === 'GET /helm')).toHaveLength(1);
});

describe('two tools of one archive', () => {
  async function givenArchive() {
    const folder = await temporaryFolder();
    await helmOnPath(folder, 'both', helm);
    await writeFile(join(folder, 'both', 'kwok'), '#!/bin/sh\necho kwok\n', { mode: 0o755 });
    execFileSync('tar', ['-czf', 'both.tar.gz', 'both'], { cwd: folder });
    const archive = await readFile(join(folder, 'both.tar.gz'));
    const site = await serve({
      '/both.tar.gz': (_, response) => response.end(archive),
      '/both.tar.gz.sha256': sha256Of(archive),
    });
    const url = `${site.url}/both.tar.gz`;
    const pinFor = (name: string): DownloadPin => ({
      url,
      archive: { format: 'tar.gz', path: `both/${name}` },
      checksum: { format: 'single', url: `${url}.sha256` },
    });
    const { go, tools } = downloadedFrom(pinFor('helm'));
    const kwok = {
      version: '0.8.0',
      accepts: '0.8.0',
      ask: { arguments: '--version', answer: '(x)' },
      downloads: { [currentPlatform()]: pinFor('kwok') },
    };
    return { site, toolchain: createToolchain(portsIn(folder), { pins: { go, tools: { ...tools, kwok } } }) };
  }
  const downloads = (requests: readonly string[]) => requests.filter((request) => request === 'GET /both.tar.gz');

  it('come with one download when both are wanted', async () => {
    const { site, toolchain } = await givenArchive();
    const tools = await Promise.all([toolchain.install('kwok', contextFor()), toolchain.install('helm', contextFor())]);
    expect(tools.map(({ path }) => execFileSync(path, { encoding: 'utf8' }))).toEqual(['kwok\n', 'v4.3.1\n']);
    expect(downloads(site.requests)).toHaveLength(1);
  });

  it('are both here once one of them was wanted', async () => {
    const { site, toolchain } = await givenArchive();
    await toolchain.install('kwok', contextFor());
    expect(await toolchain.find('helm')).toMatchObject({ version: '4.3.1', source: 'download' });
    await toolchain.install('helm', contextFor());
    expect(downloads(site.requests)).toHaveLength(1);
  });
});

function downloadedFrom(pin: DownloadPin): Pins {
  return helmPins('http://none', { downloads: { [currentPlatform()]: pin } });
}
