import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gitSource } from '../../../src/releases/argocd/git-source.js';
import { errorOf } from '../../environment/fixture.js';

const repoUrl = 'https://git.example.org/team/platform.git';
const options = { repoUrl, revision: 'main', out: '/nowhere' };

describe('the repository of an export', () => {
  it.each([repoUrl, 'ssh://git@git.example.org/team/platform', 'git@git.example.org:team/platform.git'])(
    'can be %s',
    async (url) => {
      expect(await gitSource({ ...options, repoUrl: url })).toEqual({ repoURL: url, revision: 'main', path: '' });
    },
  );

  it.each(['platform', '../platform', 'https://git.example.org/a b', 'oci://ghcr.io/team/platform'])(
    'cannot be %s',
    async (url) => {
      const { code, message } = await errorOf(gitSource({ ...options, repoUrl: url }));
      expect({ code, message }).toEqual({ code: 'usage', message: `"${url}" is not the URL of a git repository` });
    },
  );

  it('holds no password', async () => {
    const { code, message } = await errorOf(gitSource({ ...options, repoUrl: 'https://me:hunter2@git.example.org/x' }));
    expect({ code, message }).toEqual({
      code: 'usage',
      message: 'the URL of the repository holds a password: https://me:***@git.example.org/x',
    });
  });

  it('has a revision', async () => {
    expect((await errorOf(gitSource({ ...options, revision: ' ' }))).message).toBe('the revision is empty');
  });
});

describe('the path in the repository', () => {
  it.each([
    ['deploy/shop/', 'deploy/shop'],
    ['./deploy//shop', 'deploy/shop'],
    ['.', ''],
    ['', ''],
  ])('%j is %j', async (path, normal) => {
    expect((await gitSource({ ...options, path })).path).toBe(normal);
  });

  it.each(['/deploy', '..', '../deploy', 'deploy/../../x'])('cannot be %s', async (path) => {
    expect((await errorOf(gitSource({ ...options, path }))).message).toBe(`${path} is not a path in the repository`);
  });

  it('is where the folder is in the repository on this machine', async () => {
    const root = await mkdtemp(join(tmpdir(), 'platform-git-'));
    onTestFinished(() => rm(root, { recursive: true }));
    await mkdir(join(root, '.git'));
    expect((await gitSource({ ...options, out: join(root, 'deploy', 'shop') })).path).toBe('deploy/shop');
    expect((await gitSource({ ...options, out: root })).path).toBe('');
    expect((await gitSource({ ...options, out: join(root, 'deploy'), path: 'other' })).path).toBe('other');
  });
});
