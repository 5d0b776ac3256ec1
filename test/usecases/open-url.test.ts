import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStyle } from '../../src/ui/style.js';
import { openUrlText } from '../../src/ui/open-url-text.js';
import { systemProcesses, type Processes } from '../../src/process.js';
import { browserOpener, openUrl } from '../../src/usecases/open-url.js';
import { stopped } from '../clusters/fake-provider.js';
import { errorOf } from '../environment/fixture.js';
import { apiServer, type ApiServer } from '../kubernetes/api-server.js';
import { temporaryFolder } from '../toolchain/fixture.js';
import { monitoredHere, opened, putIngress } from './opened.js';

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
  putIngress(api, 'portal', { hosts: ['portal.local', 'images.local'], secure: ['portal.local'] });
});
afterEach(() => api.close());

const noProcess: Processes = { run: (command) => Promise.reject(new Error(`${command} is not to be run`)) };

/** A folder with programs of these names, which note what they are given. */
async function programs(...names: string[]) {
  const folder = await temporaryFolder();
  const noted = join(folder, 'noted');
  for (const name of names) {
    await writeFile(
      join(folder, name),
      `#!/bin/sh\nprintf '%s %s' ${name} "$*" > ${noted}.new\nmv ${noted}.new ${noted}\n`,
    );
    await chmod(join(folder, name), 0o755);
  }
  return { folder, noted };
}

describe('opening an app', () => {
  const silent = { processes: noProcess, variables: {} };
  const options = { print: false, platform: 'linux' };

  it('shows its address in the browser, without waiting for that to end', async () => {
    const { readFile } = await import('node:fs/promises');
    const { folder, noted } = await programs('xdg-open');
    const variables = { PATH: folder, DISPLAY: ':0' };
    const result = await openUrl(
      opened(api),
      { ...options, app: 'portal' },
      { processes: systemProcesses(), variables },
    );
    expect(result).toMatchObject({ kind: 'app', url: 'https://portal.local/', opened: true });
    await expect.poll(() => readFile(noted, 'utf8').catch(() => '')).toBe('xdg-open https://portal.local/');
  });

  it('shows what runs on this machine also where the cluster is a simulation', async () => {
    const { readFile } = await import('node:fs/promises');
    const { folder, noted } = await programs('xdg-open');
    const variables = { PATH: folder, DISPLAY: ':0' };
    const world = opened(api, { simulation: 'no container runs', host: await monitoredHere(folder) });
    const ports = { processes: systemProcesses(), variables };

    expect(await openUrl(world, { ...options, app: 'alertmanager' }, ports)).toMatchObject({ opened: true });
    await expect.poll(() => readFile(noted, 'utf8').catch(() => '')).toBe('xdg-open http://127.0.0.1:9093/');
    expect(await openUrl(world, { ...options, app: 'portal' }, ports)).toMatchObject({ opened: false });
    const list = await openUrl(world, { print: false, platform: 'linux' }, ports);
    expect(openUrlText(list, createStyle({ color: false }))).toContain('simulated: only those on 127.0.0.1 answer');
  });

  it('says the address where nobody is to see a browser', async () => {
    expect(await openUrl(opened(api), { ...options, app: 'images' }, silent)).toMatchObject({
      url: 'http://images.local/',
      opened: false,
      reason: 'this machine shows no browser',
    });
    const printed = await openUrl(opened(api), { ...options, print: true, app: 'images' }, silent);
    expect(printed).toMatchObject({ opened: false });
    expect(openUrlText(printed, createStyle({ color: false, unicode: false }))).toBe('http://images.local/');
  });

  it('does not pretend that anything answers in a simulation', async () => {
    const { folder } = await programs('xdg-open');
    const simulated = opened(api, { simulation: 'nodes and pods are simulated' });
    const ports = { processes: noProcess, variables: { PATH: folder, DISPLAY: ':0' } };
    expect(await openUrl(simulated, { ...options, app: 'portal' }, ports)).toMatchObject({
      opened: false,
      reason: 'nothing answers there: nodes and pods are simulated',
    });
  });

  it('lists all addresses when none was asked for', async () => {
    const result = await openUrl(opened(api), { ...options, app: undefined }, silent);
    expect(openUrlText(result, createStyle({ color: false, unicode: false }))).toBe(
      'https://portal.local/  apps/portal\nhttp://images.local/   apps/portal',
    );
  });

  it('names the likeliest app for one that is not served', async () => {
    expect(await errorOf(openUrl(opened(api), { ...options, app: 'portla' }, silent))).toMatchObject({
      code: 'conflict',
      message: 'shop serves no app portla',
      suggestions: ['did you mean portal?', 'it serves portal.local, images.local'],
    });
  });

  it('refuses while the cluster does not run', async () => {
    const error = errorOf(openUrl(opened(api, { state: stopped }), { ...options, app: 'portal' }, silent));
    expect(await error).toMatchObject({ message: 'the cluster of shop is not running: it is stopped' });
  });
});

describe('what opens a browser', () => {
  it.each([
    ['open', 'darwin', {}],
    ['wslview', 'linux', { WSL_DISTRO_NAME: 'Debian', DISPLAY: ':0' }],
    ['xdg-open', 'linux', { WAYLAND_DISPLAY: 'wayland-0' }],
    ['xdg-open', 'linux', { DISPLAY: ':0' }],
  ])('is %s on %s with %j', async (name, platform, variables) => {
    const { folder } = await programs('open', 'wslview', 'xdg-open');
    expect(await browserOpener(platform, { PATH: folder, ...variables })).toBe(join(folder, name));
  });

  it.each([
    ['a screen', 'linux', {}],
    ['the program', 'linux', { DISPLAY: ':0', PATH: '/nowhere' }],
  ])('is nothing without %s', async (_, platform, variables) => {
    const { folder } = await programs('open', 'wslview', 'xdg-open');
    expect(await browserOpener(platform, { PATH: folder, ...variables })).toBeUndefined();
  });
});
