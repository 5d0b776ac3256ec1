import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { followers } from '../../src/trust/followers.js';
import { givenAuthority, givenMachine } from './given.js';

describe('programs without a store of their own', () => {
  it('look at the system, but for those that bring a list', async () => {
    const machine = await givenMachine();
    const found = await followers(machine, await givenAuthority(machine));
    expect(found.map(({ program, looksAt }) => [program, looksAt.split(/[,:] /)[0]])).toEqual([
      ['curl', 'the system store'],
      ['git', 'the system store'],
      ['python ssl', 'the system store'],
      ['python requests', 'certifi'],
      ['Go programs', 'the system store'],
    ]);
    expect(found.every(({ isTrusted }) => isTrusted === undefined)).toBe(true);
  });

  it('look at the file of a variable instead, which has the authority or not', async () => {
    const given = await givenMachine();
    const authority = await givenAuthority(given);
    const [withIt, without] = [join(given.root, 'with.pem'), join(given.root, 'without.pem')];
    await writeFile(withIt, `# roots\n${authority.pem}`);
    const variables = { SSL_CERT_FILE: withIt, CURL_CA_BUNDLE: without, GIT_SSL_CAINFO: '' };
    const found = await followers({ ...given, variables }, authority);
    expect(Object.fromEntries(found.map(({ program, isTrusted }) => [program, isTrusted]))).toEqual({
      curl: false,
      git: undefined,
      'python ssl': true,
      'python requests': false,
      'Go programs': true,
    });
    expect(found[0]?.looksAt).toBe(`CURL_CA_BUNDLE=${without}`);
  });

  it('are asked nothing about Go on macOS, where it asks the system', async () => {
    const found = await followers({ platform: 'darwin', variables: { SSL_CERT_FILE: '/nowhere' } }, undefined);
    expect(found.map(({ program }) => program)).not.toContain('Go programs');
    expect(found.find(({ program }) => program === 'curl')?.isTrusted).toBe(false);
  });
});
