import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findEnvironmentFile } from '../../src/environment/find-file.js';
import { errorOf, folderWith } from './fixture.js';

describe('finding the environment file', () => {
  it('looks in the folder first', async () => {
    const root = await folderWith({ '.git/HEAD': '', 'platform.yaml': '', 'a/platform.yaml': '' });
    expect(await findEnvironmentFile(join(root, 'a'))).toBe(join(root, 'a/platform.yaml'));
  });

  it('goes up to the root of the git repository', async () => {
    const root = await folderWith({ '.git/HEAD': '', 'platform.yaml': '', 'a/b/c.txt': '' });
    expect(await findEnvironmentFile(join(root, 'a/b'))).toBe(join(root, 'platform.yaml'));
  });

  it('goes no further than that root', async () => {
    const root = await folderWith({
      'platform.yaml': '',
      'repository/.git': 'gitdir: elsewhere',
      'repository/a/b': '',
    });
    expect(await findEnvironmentFile(join(root, 'repository/a'))).toBeUndefined();
  });

  it('stays in the folder outside of a repository', async () => {
    const root = await folderWith({ 'platform.yaml': '', 'a/b': '' });
    expect(await findEnvironmentFile(join(root, 'a'))).toBeUndefined();
    expect(await findEnvironmentFile(root)).toBe(join(root, 'platform.yaml'));
  });

  it('refuses to look past a platform.yml', async () => {
    const root = await folderWith({ 'platform.yml': '' });
    const error = await errorOf(findEnvironmentFile(root));
    expect(error.message).toBe(`${join(root, 'platform.yml')} is not called platform.yaml`);
    expect(error.code).toBe('usage');
  });
});
