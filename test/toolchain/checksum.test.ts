import { describe, expect, it } from 'vitest';
import { checksumIn } from '../../src/toolchain/checksum.js';

const sum = 'a'.repeat(64);
const other = 'b'.repeat(64);

describe('finding a checksum in what a publisher wrote', () => {
  it('takes a single sum, in either case', () => {
    expect(checksumIn(`${sum.toUpperCase()}\n`, 'single', 'helm')).toBe(sum);
  });

  it('takes the line of the file, with or without a mark for binary or a folder', () => {
    expect(checksumIn(`${other}  helm.tgz.asc\n${sum}  helm.tgz\n`, 'list', 'helm.tgz')).toBe(sum);
    expect(checksumIn(`${sum} *helm.tgz`, 'list', 'helm.tgz')).toBe(sum);
    expect(checksumIn(`${sum}  ./dist/helm.tgz`, 'list', 'helm.tgz')).toBe(sum);
  });

  it('takes the digest that GitHub keeps of a file', () => {
    const release = {
      assets: [
        { name: 'kwok.exe', digest: `sha256:${other}` },
        { name: 'kwok', digest: `sha256:${sum}` },
      ],
    };
    expect(checksumIn(JSON.stringify(release), 'github', 'kwok')).toBe(sum);
  });

  it('finds none in a login page, in another file, or where GitHub has none', () => {
    expect(checksumIn('<html>sign in</html>', 'single', 'helm')).toBeUndefined();
    expect(checksumIn(`${sum}  other`, 'list', 'helm')).toBeUndefined();
    expect(checksumIn('{"assets":[{"name":"kwok","digest":null}]}', 'github', 'kwok')).toBeUndefined();
    expect(() => checksumIn('<html>', 'github', 'kwok')).toThrow('cannot be read');
  });
});
