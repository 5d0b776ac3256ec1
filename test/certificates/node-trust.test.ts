import { describe, expect, it } from 'vitest';
import { fingerprintOf, type Certificate } from '../../src/certificates/certificate.js';
import { makeAuthority } from '../../src/certificates/make-authority.js';
import { missingTrust, trustInNode } from '../../src/certificates/node-trust.js';
import { fakeNodes } from './fake-nodes.js';

const { signal } = new AbortController();

async function made(): Promise<Certificate> {
  const { certificate: pem } = await makeAuthority(Date.now());
  return { pem, fingerprint: fingerprintOf(pem), validFrom: 0, validTo: 0 };
}

describe('what a node trusts', () => {
  it('is known by one look, and brought about once', async () => {
    const machines = fakeNodes('worker');
    const wanted = [await made(), await made()];
    expect(await missingTrust(machines, 'worker', wanted)).toBe('worker lacks 2 of 2 authorities');
    await trustInNode(machines, 'worker', wanted, signal);
    expect(machines.node('worker').trusted).toEqual(wanted.map(({ pem }) => pem));
    expect(await missingTrust(machines, 'worker', wanted)).toBeUndefined();
    expect(machines.node('worker').looks).toBe(2);
  });

  it('is not what a file only says by its name', async () => {
    const machines = fakeNodes('worker');
    const wanted = await made();
    await trustInNode(machines, 'worker', [wanted], signal);
    const { files } = machines.node('worker');
    for (const name of files.keys()) files.set(name, wanted.pem.slice(0, 100));
    expect(await missingTrust(machines, 'worker', [wanted])).toBe('worker lacks 1 of 1 authorities');
  });

  it('loses what is no longer wanted, and nothing that came with the node', async () => {
    const machines = fakeNodes('worker');
    const [before, now] = [await made(), await made()];
    await trustInNode(machines, 'worker', [before, now], signal);
    expect(await missingTrust(machines, 'worker', [now])).toBe('worker trusts 1 of before');
    await trustInNode(machines, 'worker', [now], signal);
    expect(machines.node('worker').trusted).toEqual([now.pem]);
    expect(machines.node('worker').ran.filter((script) => script.includes('rm '))).toEqual([
      expect.stringMatching(/rm -f platform-\*\.crt$/),
      expect.stringMatching(/rm -f platform-\*\.crt$/),
    ]);
  });

  it('counts only once containerd has read it', async () => {
    const machines = fakeNodes('worker');
    const wanted = await made();
    await trustInNode(machines, 'worker', [wanted], signal);
    // As a run leaves it that was killed before the restart.
    const node = machines.node('worker');
    node.bundleAt = node.containerdAt + 1;
    expect(await missingTrust(machines, 'worker', [wanted])).toBe(
      'containerd of worker has not read its authorities yet',
    );
    node.containerdAt = node.bundleAt;
    expect(await missingTrust(machines, 'worker', [wanted])).toBeUndefined();
  });

  it('does not count where the node does not tell', async () => {
    const wanted = await made();
    const silent = { ...fakeNodes('worker'), run: () => Promise.resolve('') };
    expect(await missingTrust(silent, 'worker', [wanted])).toBe('worker lacks 1 of 1 authorities');
    expect(await missingTrust(silent, 'worker', [])).toBe('containerd of worker has not read its authorities yet');
  });
});
