import { describe, expect, it } from 'vitest';
import { hostsBlocks, hostsBlockText, hostsConflicts, withHostsBlock } from '../../../src/local/names/hosts-block.js';

const here = (...names: string[]) => [{ address: '127.0.0.1', names }];
const begin = (name: string) => `# platform ${name}: begin (managed; change it with \`platform hosts apply|remove\`)`;
const block = `${begin('shop')}\n127.0.0.1 images.local webportal.local\n# platform shop: end`;
const others = '127.0.0.1\tlocalhost\n\n  # by hand\n10.0.0.1 nas  nas.lan # attic\n';

describe('the block of an environment in the hosts file', () => {
  it('is clearly marked, with one line for an address, names sorted and each once', () => {
    expect(hostsBlockText('shop', here('webportal.local', 'images.local', 'webportal.local'))).toBe(block);
  });

  it('breaks a line before it is longer than every program reads', () => {
    const names = Array.from({ length: 60 }, (_, index) => `${'n'.repeat(30)}-${String(index)}.local`);
    const lines = hostsBlockText('shop', here(...names))
      .split('\n')
      .slice(1, -1);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.length).toBeLessThan(1024);
    expect(lines.flatMap((line) => line.split(' ').slice(1)).sort()).toEqual([...names].sort());
  });

  it('refuses what is no host name, so that nothing else can be written', () => {
    expect(() => hostsBlockText('shop', here('a.local\n10.0.0.1 bank.example'))).toThrow(
      '"a.local\\n10.0.0.1 bank.example" is not a host name',
    );
  });

  it.each([
    ['of its own lines', others],
    ['without a last line break', others.trimEnd()],
    ['of another system', others.replaceAll('\n', '\r\n')],
    ['of another system, without a last line break', others.replaceAll('\n', '\r\n').trimEnd()],
    ['with line breaks of both kinds', '127.0.0.1 localhost\r\n10.0.0.1 nas\n10.0.0.2 tv'],
    ['that is empty', ''],
    ['of one line', '127.0.0.1 localhost'],
    ['with bytes of another encoding', '# \xe9\xff\x00 caf\xe9\n127.0.0.1 localhost\n'],
  ])('comes into a file %s and goes again, and leaves no trace', (_, text) => {
    const written = withHostsBlock(text, 'shop', here('webportal.local'));
    expect(hostsBlocks(written)).toEqual([{ environment: 'shop', entries: here('webportal.local') }]);
    expect(written.startsWith(text)).toBe(true);
    expect(written.endsWith('\n')).toBe(text === '' || text.endsWith('\n'));
    expect(withHostsBlock(written, 'shop', [])).toBe(text);
  });

  it('takes over the line breaks of the file', () => {
    const written = withHostsBlock('127.0.0.1 localhost\r\n', 'shop', here('webportal.local'));
    expect(written.split('\r\n')).toHaveLength(5);
    expect(written.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('is replaced where it stands, and nothing else moves', () => {
    const text = `10.0.0.1 nas\n${block}\n10.0.0.2 tv\n`;
    const replaced = withHostsBlock(text, 'shop', here('grafana.local'));
    expect(replaced).toBe(`10.0.0.1 nas\n${hostsBlockText('shop', here('grafana.local'))}\n10.0.0.2 tv\n`);
    expect(withHostsBlock(replaced, 'shop', here('grafana.local'))).toBe(replaced);
    expect(withHostsBlock(replaced, 'shop', [])).toBe('10.0.0.1 nas\n10.0.0.2 tv\n');
  });

  it('becomes one where there were two', () => {
    const text = `${block}\n10.0.0.1 nas\n${block}\n`;
    expect(hostsBlocks(text)).toHaveLength(1);
    expect(withHostsBlock(text, 'shop', here('grafana.local'))).toBe(
      `${hostsBlockText('shop', here('grafana.local'))}\n10.0.0.1 nas\n`,
    );
  });

  it('stands beside those of other environments, also of longer names', () => {
    const one = withHostsBlock(others, 'shop', here('webportal.local'));
    const two = withHostsBlock(one, 'shop-2', here('portal.test'));
    expect(hostsBlocks(two).map(({ environment }) => environment)).toEqual(['shop', 'shop-2']);
    expect(withHostsBlock(withHostsBlock(two, 'shop', []), 'shop-2', [])).toBe(others);
  });
});

describe('a damaged block', () => {
  it.each([
    ['end', `10.0.0.1 nas\n${begin('shop')}\n127.0.0.1 webportal.local\n10.0.0.2 tv\n`, 2],
    ['begin', `10.0.0.1 nas\n127.0.0.1 webportal.local\n# platform shop: end\n`, 3],
    ['end', `${begin('shop')}\n127.0.0.1 a.local\n${block}\n`, 1],
  ])('without its %s is left to people', (missing, text, line) => {
    for (const entries of [[], here('webportal.local')]) {
      expect(() => withHostsBlock(text, 'shop', entries)).toThrow(
        expect.objectContaining({
          code: 'conflict',
          message: `the block of shop in the hosts file has no ${missing}`,
          facts: { environment: 'shop', line, missing },
        }) as Error,
      );
    }
  });

  it('of another environment keeps nobody from changing their own', () => {
    const text = `${begin('other')}\n127.0.0.1 a.local\n${block}\n`;
    expect(withHostsBlock(text, 'shop', [])).toBe(`${begin('other')}\n127.0.0.1 a.local\n`);
  });
});

describe('names that other lines have already', () => {
  const wanted = { address: '127.0.0.1', names: ['images.local', 'webportal.local'] };

  it('are conflicts where they lead elsewhere, each told once, at the line that counts', () => {
    const text = `${others}10.1.2.3 WebPortal.local\n10.9.9.9 webportal.local\n`;
    expect(hostsConflicts(text, 'shop', wanted)).toEqual([{ name: 'webportal.local', address: '10.1.2.3', line: 5 }]);
  });

  it.each([
    ['lead to the same address', '127.0.0.1 webportal.local\n'],
    ['lead to this machine by its other address', '::1 webportal.local\n'],
    ['are in a comment', '#10.1.2.3 webportal.local\n10.1.2.3 nas # webportal.local\n'],
    ['are part of longer ones', '10.1.2.3 my.webportal.local webportal.local.lan\n'],
    ['are our own', `${begin('shop')}\n10.1.2.3 webportal.local\n# platform shop: end\n`],
  ])('are none where they %s', (_, text) => {
    expect(hostsConflicts(text, 'shop', wanted)).toEqual([]);
  });
});
