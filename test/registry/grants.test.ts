import { describe, expect, it } from 'vitest';
import { createGrants } from '../../src/registry/grants.js';
import { signal } from './given-images.js';

const challenge = 'Bearer realm="https://auth.example.org/token",service="images",scope="repository:shop/web:pull"';
const refusal = { headers: { 'www-authenticate': challenge } };

function given() {
  let given = 0;
  const ask = () => {
    given += 1;
    const body = Buffer.from(JSON.stringify({ token: String(given) }));
    return Promise.resolve({ status: 200, headers: {}, body });
  };
  return createGrants({ ask }, () => undefined);
}

describe('a right that has ended', () => {
  it('is asked for once more by all who find out together', async () => {
    const grantFor = given();
    const first = await grantFor(refusal, 'quay.io', signal);

    const again = await Promise.all([1, 2, 3].map(() => grantFor(refusal, 'quay.io', signal, first)));

    expect(first).toBe('Bearer 1');
    expect(again).toEqual(['Bearer 2', 'Bearer 2', 'Bearer 2']);
  });

  it('is not asked for again by who is late', async () => {
    const grantFor = given();
    const first = await grantFor(refusal, 'quay.io', signal);
    await grantFor(refusal, 'quay.io', signal, first);
    expect(await grantFor(refusal, 'quay.io', signal, first)).toBe('Bearer 2');
  });
});
