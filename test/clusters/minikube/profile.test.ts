import { describe, expect, it } from 'vitest';
import type { MinikubeProgram } from '../../../src/clusters/minikube/minikube-program.js';
import { hasProfile } from '../../../src/clusters/minikube/profile.js';
import { output } from './recorded.js';

const listing = (name: string): MinikubeProgram => ({
  follow: () => Promise.reject(new Error('nothing to follow')),
  ask: () => Promise.resolve({ stdout: output(name), stderr: '', exitCode: 0 }),
  isInstalled: () => Promise.resolve(true),
});

describe('the profiles that minikube knows', () => {
  it.each(['platform-dev', 'minikube'])('have %s among them', async (name) => {
    expect(await hasProfile(listing('profile-list.json'), name)).toBe(true);
  });

  it('have half-made ones among them', async () => {
    expect(await hasProfile(listing('profile-list.json'), 'platform-half')).toBe(true);
  });

  it('do not have what is only called alike', async () => {
    expect(await hasProfile(listing('profile-list.json'), 'platform')).toBe(false);
    expect(await hasProfile(listing('profile-list-none.json'), 'platform-dev')).toBe(false);
  });
});
