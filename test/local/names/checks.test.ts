import { describe, expect, it } from 'vitest';
import { checkNames, nameWarnings } from '../../../src/local/names/checks.js';
import type { Resolver } from '../../../src/local/names/resolution.js';

function failing(code: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(code), { code }));
}

/** A machine that knows these names; DNS knows of some that programs are not told. */
function resolver(known: Record<string, string>, withheld: readonly string[] = []): Resolver {
  return {
    lookup: (host) => (known[host] === undefined ? failing('ENOTFOUND') : Promise.resolve([known[host]])),
    dns: (host) => (withheld.includes(host) ? Promise.resolve(['127.0.0.1']) : failing('ENOTFOUND')),
  };
}

const fix = '`platform hosts apply` writes these names into the hosts file';

describe('the names that an environment serves', () => {
  it('are asked for one by one', async () => {
    expect(await checkNames(['a.local', 'b.local'], resolver({ 'a.local': '127.0.0.1' }))).toEqual([
      { name: 'a.local', resolution: { status: 'here', addresses: ['127.0.0.1'] } },
      { name: 'b.local', resolution: { status: 'unknown' } },
    ]);
  });

  it('give no warning when they all lead here', async () => {
    const known = { 'a.shop.localhost': '127.0.0.1', 'b.shop.localhost': '::1' };
    expect(await nameWarnings(Object.keys(known), resolver(known))).toEqual([]);
  });

  it('give one sentence for each reason, and one with what to do', async () => {
    const names = ['portal.local', 'images.local', 'nas.local', 'api.dev.example.org', 'web.shop.localhost'];
    const warnings = await nameWarnings(names, resolver({ 'nas.local': '10.0.0.1' }, ['api.dev.example.org']));
    expect(warnings).toEqual([
      'portal.local, images.local: not known on this machine',
      'nas.local: leads to 10.0.0.1 instead of this machine',
      'api.dev.example.org: the name server withholds the address (protection against DNS rebinding)',
      'web.shop.localhost: browsers find it, other programs on this machine do not',
      fix,
    ]);
  });

  it('are counted where they are many', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.local`);
    expect((await nameWarnings(names, resolver({})))[0]).toBe(
      'a.local, b.local, c.local and 2 more: not known on this machine',
    );
  });

  it('cannot be known while no name server answers', async () => {
    const silent: Resolver = { lookup: () => failing('EAI_AGAIN'), dns: () => failing('EAI_AGAIN') };
    expect((await nameWarnings(['a.local'], silent))[0]).toBe('a.local: no name server answers');
  });
});
