import { describe, expect, it } from 'vitest';
import { createScrubber } from '../../src/support-bundle/scrub.js';

const scrubber = createScrubber([]);
const privateKey = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRS\n-----END EC PRIVATE KEY-----';

describe('scrubbing a text', () => {
  it.each([
    ['a private key', privateKey, 'MHcCAQEEIIrYSSNQFaA2Hwf1duRS'],
    ['a private key in base64', `client-key-data: ${Buffer.from(privateKey).toString('base64')}`, 'LS0tLS1CRUdJTi'],
    ['a bearer token', 'Authorization: Bearer abcdef0123456789', 'abcdef0123456789'],
    ['basic credentials', 'authorization: Basic dXNlcjpodW50ZXIy', 'dXNlcjpodW50ZXIy'],
    ['a password in a URL', 'postgres://shop:hunter2@db:5432/shop', 'hunter2'],
    ['a password in a variable', 'PGPASSWORD=hunter2 psql', 'hunter2'],
    ['a password in a flag', 'mysql --password hunter2 -u root', 'hunter2'],
    ['a token of GitHub', 'remote: ghp_0123456789abcdefghijABCDEFGHIJ012345', 'ghp_0123456789'],
    ['an access key of AWS', 'using AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
    ['a service account token', 'token eyJhbGciOi.eyJpc3MiOi.c2lnbmF0dXJl was refused', 'eyJhbGciOi'],
  ])('takes out %s', (_, text, secret) => {
    expect(text).toContain(secret);
    expect(scrubber.text(text)).not.toContain(secret);
    expect(scrubber.text(text)).toContain('***');
  });

  it.each([
    'secretName: web-tls',
    'E1120 10:00:00 pod.go:12] "Failed" pod="apps/web-1" err="timeout"',
    '--token-ttl 5m',
  ])('leaves %j alone', (text) => {
    expect(scrubber.text(text)).toBe(text);
  });

  it('takes out what is known to be a secret wherever it stands, in clear and in base64', () => {
    const knowing = createScrubber(['correct horse', 'correct horse battery']);
    const encoded = Buffer.from('correct horse').toString('base64');
    expect(knowing.text(`said correct horse battery, then correct horse, then ${encoded}`)).toBe(
      'said ***, then ***, then ***',
    );
  });

  it('knows a secret also as JSON writes it', () => {
    expect(createScrubber(['say "friend"']).text('{"line":"say \\"friend\\" and enter"}')).not.toContain('friend');
  });
});

describe('scrubbing a tree', () => {
  it('goes by the names of its keys too', () => {
    expect(scrubber.tree({ a: [{ password: 'x', user: 'shop' }] })).toEqual({ a: [{ password: '***', user: 'shop' }] });
  });

  it('reaches every text in it, and keeps everything else', () => {
    const tree = { count: 3, ready: true, none: null, items: ['Bearer abcdef0123456789'] };
    expect(scrubber.tree(tree)).toEqual({ count: 3, ready: true, none: null, items: ['Bearer ***'] });
  });
});

describe('scrubbing JSON lines', () => {
  it('keeps them lines of JSON', () => {
    const lines = `${JSON.stringify({ at: 1, output: privateKey })}\n${JSON.stringify({ at: 2, token: 'abc' })}\n`;
    const scrubbed = scrubber.jsonLines(lines).split('\n');
    expect(scrubbed.map((line) => (line ? (JSON.parse(line) as unknown) : line))).toEqual([
      { at: 1, output: '***' },
      { at: 2, token: '***' },
      '',
    ]);
  });

  it('scrubs a line that was cut short as a text', () => {
    const line = JSON.stringify({ output: `${privateKey}, password: hunter2` }).slice(0, 60);
    expect(scrubber.jsonLines(line)).not.toContain('MHcCAQEE');
  });
});
