import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemaId } from '../../src/environment/json-schema.js';
import { loadEnvironment } from '../../src/environment/load.js';
import { init } from '../../src/usecases/init.js';
import { errorOf, folderWith } from '../environment/fixture.js';

describe('starting an environment', () => {
  it('writes a file that loads, and its schema beside it', async () => {
    const folder = await folderWith({});
    const result = await init({ folder, name: 'shop', blueprint: 'microservices' });
    expect(result).toEqual({
      ...{ file: join(folder, 'platform.yaml'), schema: join(folder, 'platform.schema.json') },
      ...{ name: 'shop', blueprint: 'microservices' },
    });
    expect(await loadEnvironment({ cwd: folder, target: 'local' })).toMatchObject({ name: 'shop' });
    expect(JSON.parse(await readFile(result.schema, 'utf8'))).toMatchObject({ $id: schemaId });
    expect((await readdir(folder)).sort()).toEqual(['platform.schema.json', 'platform.yaml']);
  });

  it('takes the name of the folder without one', async () => {
    const folder = join(await folderWith({}), 'My Shop');
    expect((await init({ folder, blueprint: 'microservices' })).name).toBe('my-shop');
  });

  it('refuses a name that is taken by a part of the product', async () => {
    const error = await errorOf(init({ folder: await folderWith({}), name: 'reaper', blueprint: 'microservices' }));
    expect(error).toMatchObject({ code: 'usage', message: '"reaper" cannot be the name of an environment' });
    expect(error.suggestions[0]).toContain('any other name');
  });

  it('does not overwrite a file unless it is told to', async () => {
    const folder = await folderWith({ 'platform.yaml': 'precious' });
    const error = await errorOf(init({ folder, name: 'shop', blueprint: 'microservices' }));
    expect(error).toMatchObject({ code: 'conflict', exitCode: 5, suggestions: ['--force overwrites it'] });
    expect(error.message).toBe(`${join(folder, 'platform.yaml')} is there already`);
    expect(await readFile(join(folder, 'platform.yaml'), 'utf8')).toBe('precious');
    expect(await readdir(folder)).toEqual(['platform.yaml']);

    await init({ folder, name: 'shop', blueprint: 'microservices', force: true });
    expect(await readFile(join(folder, 'platform.yaml'), 'utf8')).toContain('name: shop');
  });

  it("keeps somebody else's schema, and makes an old one of ours anew", async () => {
    const folder = await folderWith({ 'platform.schema.json': '{"$id": "https://elsewhere.example"}' });
    const error = await errorOf(init({ folder, name: 'shop', blueprint: 'microservices' }));
    expect(error.message).toBe(`${join(folder, 'platform.schema.json')} is there already`);

    await writeFile(join(folder, 'platform.schema.json'), `{"$id": "${schemaId}"}`);
    await init({ folder, name: 'shop', blueprint: 'microservices' });
    expect(await readFile(join(folder, 'platform.schema.json'), 'utf8')).toContain('properties');
  });

  it('refuses a name or a blueprint that could not be loaded, before it writes anything', async () => {
    const folder = await folderWith({});
    const name = await errorOf(init({ folder, name: 'My Shop', blueprint: 'microservices' }));
    expect(name).toMatchObject({ code: 'usage', message: '"My Shop" cannot be the name of an environment' });
    const blueprint = await errorOf(init({ folder, name: 'shop', blueprint: 'microservice' }));
    expect(blueprint).toMatchObject({ code: 'usage', message: 'there is no blueprint "microservice"' });
    expect(blueprint.suggestions[0]).toBe('did you mean microservices?');
    expect(await readdir(folder)).toEqual([]);
  });
});
