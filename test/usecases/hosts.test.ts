import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeRecord } from '../../src/environment/record.js';
import type { Resolver } from '../../src/local/names/resolution.js';
import { pathsFrom } from '../../src/paths.js';
import { createInterruption } from '../../src/plan/interruption.js';
import { systemProcesses } from '../../src/process.js';
import {
  applyHostsChange,
  conflictFailure,
  hostsStatus,
  planHostsBlock,
  planHostsRemoval,
} from '../../src/usecases/hosts.js';
import { errorOf } from '../environment/fixture.js';
import { temporaryFolder } from '../toolchain/fixture.js';

const shop = (domain: string) => `
apiVersion: platform/v1alpha1
kind: Environment
name: shop
domain: ${domain}
releases:
  web: { chart: service, namespace: apps, values: { image: { repository: example.org/web, tag: v1 }, ingress: { hosts: ["portal.{domain}", "images.{domain}"] } } }
`;

/** A machine with an environment file, a hosts file, and a resolver that knows these names. */
async function given({
  domain = 'web.local',
  hosts = '127.0.0.1 localhost\n',
  known = [],
}: { domain?: string; hosts?: string; known?: string[] } = {}) {
  const home = await temporaryFolder();
  const paths = pathsFrom({}, home);
  const cwd = join(home, 'work');
  const hostsFile = join(home, 'hosts');
  await mkdir(cwd);
  await writeFile(join(cwd, 'platform.yaml'), shop(domain));
  await writeFile(hostsFile, hosts);
  const resolver: Resolver = {
    lookup: (host) =>
      known.includes(host)
        ? Promise.resolve(['127.0.0.1'])
        : Promise.reject(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })),
    dns: () => Promise.reject(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })),
  };
  const ports = { paths, processes: systemProcesses(), interruption: createInterruption() };
  const request = { cwd, hostsFile };
  return {
    ...{ paths, cwd, hostsFile, known },
    begin: () =>
      writeRecord(paths, {
        ...{ name: 'shop', target: 'local', provider: 'kind', createdAt: '2026-01-01T00:00:00.000Z' },
        file: join(cwd, 'platform.yaml'),
      }),
    plan: (more = {}) => planHostsBlock({ ...request, ...more }, ports, resolver),
    planRemoval: (environment?: string) => planHostsRemoval({ ...request, environment }, ports),
    status: (environment?: string) => hostsStatus({ ...request, environment }, ports, resolver),
    apply: (change: Parameters<typeof applyHostsChange>[0]) => applyHostsChange(change, ports),
    text: () => readFile(hostsFile, 'utf8'),
  };
}

describe('applying the hosts block', () => {
  it('writes all names of another domain, also before the environment was begun, and then has nothing to do', async () => {
    const { plan, apply, text } = await given({ known: ['portal.web.local'] });
    const change = await plan();
    expect(change).toMatchObject({
      environment: 'shop',
      change: 'add',
      names: ['images.web.local', 'portal.web.local'],
    });
    expect(await text()).toBe('127.0.0.1 localhost\n');
    expect(await apply(change)).toMatchObject({ changed: true });
    expect(await text()).toBe(`127.0.0.1 localhost\n${change.block}\n`);
    const again = await plan();
    expect(again.change).toBe('none');
    expect(await apply(again)).toMatchObject({ changed: false });
  });

  it('writes names below localhost only where this machine does not find them, and keeps those it wrote', async () => {
    const { plan, apply, known } = await given({ domain: 'shop.localhost', known: ['images.shop.localhost'] });
    const change = await plan();
    expect(change.names).toEqual(['portal.shop.localhost']);
    await apply(change);
    known.push('portal.shop.localhost');
    expect(await plan()).toMatchObject({ change: 'none', names: ['portal.shop.localhost'] });
  });

  it('writes nothing where the machine finds all names by itself', async () => {
    const { plan } = await given({
      domain: 'shop.localhost',
      known: ['images.shop.localhost', 'portal.shop.localhost'],
    });
    expect(await plan()).toMatchObject({ change: 'none', names: [], block: '' });
  });

  it('leaves names to others who have them, writes the rest, and says so', async () => {
    const { plan, apply, text } = await given({ hosts: '10.0.0.1 portal.web.local\n' });
    const result = await apply(await plan());
    expect(result.names).toEqual(['images.web.local']);
    expect(result.conflicts).toEqual([{ name: 'portal.web.local', address: '10.0.0.1', line: 1 }]);
    expect(await text()).toBe(`10.0.0.1 portal.web.local\n${result.block}\n`);
    expect(conflictFailure(result)).toMatchObject({ code: 'conflict', exitCode: 5 });
    expect(conflictFailure({ ...result, conflicts: [] })).toBeUndefined();
  });

  it('takes the file and the domain that the command line names', async () => {
    const { plan, cwd, begin } = await given();
    await begin();
    expect((await plan({ domain: 'other.test' })).names).toEqual(['images.other.test', 'portal.other.test']);
    await writeFile(join(cwd, 'other.yaml'), shop('file.local').replace('name: shop', 'name: other'));
    expect(await plan({ file: 'other.yaml' })).toMatchObject({
      environment: 'other',
      names: ['images.file.local', 'portal.file.local'],
    });
  });

  it('refuses an environment that is not here', async () => {
    const { plan } = await given();
    expect(await errorOf(plan({ environment: 'unknown' }))).toMatchObject({
      code: 'conflict',
      message: 'there is no environment unknown on this machine',
    });
  });
});

describe('removing the hosts block', () => {
  it('needs the name only, once the environment and its file are gone', async () => {
    const { plan, apply, planRemoval, text, cwd } = await given();
    await apply(await plan());
    await rm(join(cwd, 'platform.yaml'));
    const removal = await planRemoval('shop');
    expect(removal).toMatchObject({ change: 'remove', names: [] });
    expect(await apply(removal)).toMatchObject({ changed: true });
    expect(await text()).toBe('127.0.0.1 localhost\n');
    expect((await planRemoval('shop')).change).toBe('none');
  });
});

describe('the status of the hosts block', () => {
  it('tells for each name where it leads and whether it is written', async () => {
    const { plan, apply, status, known } = await given();
    await apply(await plan({ domain: undefined }));
    known.push('images.web.local');
    expect(await status()).toMatchObject({
      environment: 'shop',
      written: ['images.web.local', 'portal.web.local'],
      environments: ['shop'],
      served: [
        { name: 'images.web.local', resolution: { status: 'here' }, isWritten: true },
        { name: 'portal.web.local', resolution: { status: 'unknown' }, isWritten: true },
      ],
    });
  });

  it('still tells what is written when the file is broken', async () => {
    const { begin, plan, apply, status, cwd } = await given();
    await begin();
    await apply(await plan());
    await writeFile(join(cwd, 'platform.yaml'), 'name: shop\nkind: [');
    const result = await status('shop');
    expect(result).toMatchObject({ written: ['images.web.local', 'portal.web.local'] });
    expect(result.served).toBeUndefined();
    expect(result.problem).toContain('cannot be read');
  });
});
