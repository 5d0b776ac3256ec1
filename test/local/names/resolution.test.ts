import { describe, expect, it } from 'vitest';
import { resolveName, type Resolver } from '../../../src/local/names/resolution.js';

function failing(code: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(code), { code }));
}

/** A resolver whose two ways give addresses or fail with a code. */
function resolver(lookup: string | readonly string[], dns: string | readonly string[] = 'ENOTFOUND'): Resolver {
  const answer = (given: string | readonly string[]) =>
    typeof given === 'string' ? failing(given) : Promise.resolve(given);
  return { lookup: () => answer(lookup), dns: () => answer(dns) };
}

describe('what this machine makes of a name', () => {
  it('is itself for localhost, really', async () => {
    expect((await resolveName('localhost')).status).toBe('here');
  });

  it.each([[['127.0.0.1']], [['::1']], [['127.0.0.1', '::1']], [['127.0.1.1']], [['::ffff:127.0.0.1']]])(
    'is itself for %j',
    async (addresses) => {
      expect(await resolveName('shop.localhost', resolver(addresses))).toEqual({ status: 'here', addresses });
    },
  );

  it('is elsewhere for another address, also beside the right one', async () => {
    const addresses = ['127.0.0.1', '203.0.113.7'];
    expect(await resolveName('shop.example.org', resolver(addresses))).toEqual({ status: 'elsewhere', addresses });
  });

  it('is unknown for a local name that nobody knows, without asking the world for it', async () => {
    const asked: string[] = [];
    const local: Resolver = {
      lookup: () => failing('ENOTFOUND'),
      dns: (host) => {
        asked.push(host);
        return Promise.resolve([]);
      },
    };
    expect(await resolveName('web.shop.localhost', local)).toEqual({ status: 'unknown' });
    expect(asked).toEqual([]);
  });

  it('is unknown for a public name that does not exist', async () => {
    expect(await resolveName('web.nowhere.dev', resolver('ENOTFOUND', 'ENOTFOUND'))).toEqual({ status: 'unknown' });
  });

  it('is withheld when the name server knows the name and gives no address', async () => {
    expect(await resolveName('web.localtest.me', resolver('ENOTFOUND', 'ENODATA'))).toEqual({
      status: 'withheld',
      addresses: [],
    });
  });

  it('is withheld when the address was replaced by none', async () => {
    expect((await resolveName('web.localtest.me', resolver(['0.0.0.0']))).status).toBe('withheld');
  });

  it('is withheld when programs do not get the address that DNS has', async () => {
    expect(await resolveName('web.localtest.me', resolver('ENOTFOUND', ['127.0.0.1']))).toEqual({
      status: 'withheld',
      addresses: ['127.0.0.1'],
    });
  });

  it.each([
    ['EAI_AGAIN', 'ENOTFOUND'],
    ['ENOTFOUND', 'ETIMEOUT'],
    ['ENOTFOUND', 'ECONNREFUSED'],
  ])('is unanswered when no name server can be asked (%s, %s)', async (lookup, dns) => {
    expect(await resolveName('web.localtest.me', resolver(lookup, dns))).toEqual({ status: 'unanswered' });
  });
});
