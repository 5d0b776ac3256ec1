import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { commandEngine } from '../../src/containers/command-engine.js';
import { answering, failureOf, recorded } from './recorded.js';

const digest = 'sha256:82cef1a9dd43885d78c98d23f6591aa8f7309fcd886a920518bb7bd5014eaac4';

describe('pushing an image', () => {
  it('answers the digest that Docker prints', async () => {
    const { processes, lines } = answering({ 'docker push': async () => ({ stdout: await recorded('push.txt') }) });
    expect(await commandEngine('docker', processes).push('localhost:15003/redis:7')).toBe(digest);
    expect(lines()).toEqual(['docker push localhost:15003/redis:7']);
  });

  it('answers the digest that Podman writes to a file, which it leaves behind nowhere', async () => {
    let file = '';
    const { processes, calls } = answering({
      'podman push': async ({ argv }) => {
        file = argv[argv.indexOf('--digestfile') + 1] ?? '';
        await writeFile(file, digest);
        return {};
      },
    });
    expect(await commandEngine('podman', processes).push('localhost:15003/redis:7')).toBe(digest);
    expect(calls[0]?.argv.slice(-2)).toEqual(['--tls-verify=false', 'localhost:15003/redis:7']);
    expect(existsSync(file)).toBe(false);
  });

  it('keeps TLS for a registry elsewhere', async () => {
    const { processes, lines } = answering({ 'podman push': { exitCode: 125, stderr: 'Error: unauthorized\n' } });
    const error = await failureOf(commandEngine('podman', processes).push('ghcr.io/acme/web:1'));
    expect(lines()[0]).not.toContain('--tls-verify');
    expect(error.message).toContain('the registry does not give ghcr.io/acme/web:1 to this machine');
  });

  it('fails where no digest is said, and where there is no image', async () => {
    const silent = commandEngine('docker', answering().processes);
    expect((await failureOf(silent.push('a:1'))).message).toBe('docker pushed a:1 without saying its digest');
    const { processes } = answering({
      'docker push': async () => ({ stderr: await recorded('no-such-image.txt'), exitCode: 1 }),
    });
    expect((await failureOf(commandEngine('docker', processes).push('a:1'))).message).toBe('docker has no image a:1');
  });
});
