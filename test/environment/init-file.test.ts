import { describe, expect, it } from 'vitest';
import { blueprintNames } from '../../src/environment/blueprints.js';
import { environmentFile, nameFromFolder } from '../../src/environment/init-file.js';
import { loadEnvironment } from '../../src/environment/load.js';
import { folderWith } from './fixture.js';

describe('the environment file to start from', () => {
  it('loads without problems for every bundled blueprint', async () => {
    for (const blueprint of await blueprintNames()) {
      const cwd = await folderWith({ 'platform.yaml': environmentFile({ name: 'shop', blueprint }) });
      expect(await loadEnvironment({ cwd, target: 'local' })).toMatchObject({
        ...{ name: 'shop', blueprint, domain: 'shop.localhost', local: { provider: 'auto' } },
      });
    }
  });

  it('loads for AWS when it was written for AWS', async () => {
    const text = environmentFile({ name: 'shop', blueprint: 'microservices', target: 'aws' });
    const environment = await loadEnvironment({ cwd: await folderWith({ 'platform.yaml': text }), target: 'aws' });
    expect(environment.aws).toEqual({ account: '000000000000', region: 'eu-north-1' });
  });

  it('names its schema on the first line, where editors look for it', () => {
    expect(environmentFile({ name: 'shop', blueprint: 'microservices' }).split('\n')[0]).toBe(
      '# yaml-language-server: $schema=./platform.schema.json',
    );
  });

  it('has an example in its comments that is right', async () => {
    const text = environmentFile({ name: 'shop', blueprint: 'microservices' });
    const example = text.slice(text.indexOf('# releases:')).replaceAll(/^# ?/gm, '');
    const cwd = await folderWith({
      'platform.yaml': `${text}\n${example}`,
      'charts/portal/Chart.yaml': 'name: portal\nversion: 1.0.0\n',
    });
    const { releases } = await loadEnvironment({ cwd, target: 'local' });
    expect(releases.map(({ name }) => name)).toContain('portal');
    expect(releases.map(({ name }) => name)).not.toContain('metrics-server');
  });
});

describe('the name made of a folder', () => {
  it.each([
    ['/home/me/shop', 'shop'],
    ['/home/me/My Shop_2', 'my-shop-2'],
    ['/home/me/42-shop', 'shop'],
    ['/home/me/a-very-long-folder-name', 'a-very-long-folder-n'],
    ['/home/me/twenty-characters-a-b', 'twenty-characters-a'],
    ['/', 'environment'],
    ['/home/me/日本', 'environment'],
  ])('%s: %s', (folder, name) => {
    expect(nameFromFolder(folder)).toBe(name);
  });
});
