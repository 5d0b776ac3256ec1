import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asset } from '../../src/paths.js';
import type { RunEventBody } from '../../src/plan/events.js';
import { createInterruption } from '../../src/plan/interruption.js';
import { currentPlatform, pinsSchema, type ToolName } from '../../src/toolchain/pins.js';
import { createToolchain } from '../../src/toolchain/toolchain.js';
import { installTools, listTools, pinTools, pruneTools } from '../../src/usecases/tools.js';
import { contextFor, fakeHelm, helmPins, portsIn, serve, sha256Of, temporaryFolder } from '../toolchain/fixture.js';

const helm = fakeHelm('4.3.1');
const helmSite = () => serve({ '/helm': helm, '/helm.sha256': sha256Of(helm) });

describe('listing the tools', () => {
  it('says what is pinned and what would be used', async () => {
    const site = await helmSite();
    const toolchain = createToolchain(portsIn(await temporaryFolder()), { pins: helmPins(site.url) });
    const pinned = { name: 'helm', version: '4.3.1', accepts: '>=4.3.0 <5' };
    expect(await listTools(toolchain)).toEqual([pinned]);
    const tool = await toolchain.install('helm', contextFor());
    expect(await listTools(toolchain)).toEqual([{ ...pinned, tool }]);
  });
});

describe('a tool that no run brings', () => {
  const pins = () => helmPins('http://127.0.0.1:1', { downloads: {}, install: 'npm install --global helm@4.3.1' });

  it('is listed with how people install it, and left out where all are installed', async () => {
    const ports = portsIn(await temporaryFolder());
    const toolchain = createToolchain(ports, { pins: pins() });
    expect(await listTools(toolchain)).toMatchObject([{ install: 'npm install --global helm@4.3.1' }]);
    const install = (names: readonly ToolName[]) =>
      installTools(names, toolchain, {
        ...ports,
        events: { emit: () => undefined },
        interruption: createInterruption(),
      });
    expect(await install([])).toEqual([]);
    expect(await install(['helm'])).toMatchObject([
      {
        outcome: 'failed',
        failure: { suggestions: ['put helm >=4.3.0 <5 on PATH: npm install --global helm@4.3.1'] },
      },
    ]);
  });
});

describe('installing tools', () => {
  it('brings all that are pinned, and says so as it happens', async () => {
    const site = await helmSite();
    const ports = portsIn(await temporaryFolder());
    const toolchain = createToolchain(ports, { pins: helmPins(site.url) });
    const emitted: RunEventBody[] = [];
    const events = { emit: (event: RunEventBody) => emitted.push(event) };
    const install = () => installTools([], toolchain, { ...ports, events, interruption: createInterruption() });

    expect(await install()).toMatchObject([{ id: 'tool/helm', outcome: 'done', detail: 'helm 4.3.1 downloaded' }]);
    expect(emitted.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['run-started', 'step-started', 'step-progress', 'step-finished']),
    );
    expect(await install()).toMatchObject([{ id: 'tool/helm', outcome: 'unchanged' }]);
  });

  it('reports a failure as a result', async () => {
    const site = await serve({});
    const ports = portsIn(await temporaryFolder());
    const toolchain = createToolchain(ports, { pins: helmPins(site.url) });
    const events = { emit: () => undefined };
    const results = await installTools(['helm'], toolchain, { ...ports, events, interruption: createInterruption() });
    expect(results).toMatchObject([{ outcome: 'failed', failure: { code: 'prerequisite', exitCode: 3 } }]);
  });
});

describe('pinning checksums', () => {
  it('writes what publishers say, says what could not be had, and invents nothing', async () => {
    const folder = await temporaryFolder();
    const site = await helmSite();
    const file = join(folder, 'pins.json');
    const known = { url: `${site.url}/helm`, checksum: { format: 'single' as const, url: `${site.url}/helm.sha256` } };
    const missing = {
      url: `${site.url}/other`,
      checksum: { format: 'single' as const, url: `${site.url}/other.sha256` },
    };
    const pins = helmPins(site.url, { downloads: { 'linux/amd64': known, 'darwin/arm64': missing } });
    await writeFile(file, JSON.stringify(pins));

    const report = await pinTools(portsIn(folder), { file });

    expect(report.pinned).toEqual([
      { name: 'helm', platform: 'linux/amd64', url: known.url, sha256: sha256Of(helm), changed: true },
    ]);
    expect(report.failed).toEqual([
      { name: 'helm', platform: 'darwin/arm64', url: missing.url, reason: `${site.url}/other.sha256 answered 404` },
    ]);
    const written = pinsSchema.parse(JSON.parse(await readFile(file, 'utf8'))).tools.helm?.downloads;
    expect(written?.['linux/amd64']?.sha256).toBe(sha256Of(helm));
    expect(written?.['darwin/arm64']).toEqual(missing);
  });

  it('never replaces a sum that is pinned already', async () => {
    const folder = await temporaryFolder();
    const site = await helmSite();
    const file = join(folder, 'pins.json');
    const url = `${site.url}/helm`;
    const pinned = { url, checksum: { format: 'single' as const, url: `${url}.sha256` }, sha256: 'f'.repeat(64) };
    const text = JSON.stringify(helmPins(site.url, { downloads: { 'linux/amd64': pinned } }));
    await writeFile(file, text);
    const { failed } = await pinTools(portsIn(folder), { file });
    expect(failed[0]?.reason).toBe(`pinned is ${'f'.repeat(64)}, published is ${sha256Of(helm)}`);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('keeps the bundled file as it is formatted', async () => {
    const folder = await temporaryFolder();
    const bundled = asset('src', 'toolchain', 'pins.json');
    const copy = join(folder, 'pins.json');
    await cp(bundled, copy);
    const text = await readFile(copy, 'utf8');
    expect(`${JSON.stringify(pinsSchema.parse(JSON.parse(text)), null, 2)}\n`).toBe(text);
  });

  it('is refused outside a source checkout', async () => {
    const folder = await temporaryFolder();
    const pinning = pinTools(portsIn(folder), { file: join(folder, 'none.json') });
    await expect(pinning).rejects.toThrow('pinning works in a source checkout only');
  });
});

describe('pruning the cache', () => {
  it('removes versions that are no longer pinned and what killed runs left, nothing else', async () => {
    const folder = await temporaryFolder();
    const ports = portsIn(folder);
    const tools = join(ports.paths.cache, 'tools');
    const platform = currentPlatform().replace('/', '-');
    const kept = join(tools, 'helm', `4.3.1-${platform}`);
    const old = [join(tools, 'helm', `4.2.0-${platform}`), join(tools, 'etcd', `3.6.0-${platform}`)];
    const abandoned = join(tools, '.work', '999999999.00.abcd');
    for (const path of [kept, ...old, abandoned]) await mkdir(path, { recursive: true });

    expect(await pruneTools(ports, helmPins('http://none'))).toEqual([...old, abandoned].sort());
    expect([kept, ...old, abandoned].map((path) => existsSync(path))).toEqual([true, false, false, false]);
  });

  it('has nothing to do in an empty cache', async () => {
    expect(await pruneTools(portsIn(await temporaryFolder()), helmPins('http://none'))).toEqual([]);
  });
});
