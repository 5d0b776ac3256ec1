import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemProcesses } from '../../src/process.js';
import { node } from '../../src/trust/node.js';
import { givenAuthority, givenMachine, placeIn } from './given.js';

async function given(NODE_EXTRA_CA_CERTS?: (root: string) => string) {
  const machine = await givenMachine();
  const authority = await givenAuthority(machine);
  const variables = { NODE_EXTRA_CA_CERTS: NODE_EXTRA_CA_CERTS?.(machine.root) };
  return { machine, authority, place: () => placeIn(node, { ...machine, variables }, authority) };
}

describe('Node.js', () => {
  it('is told what to put into the profile of the shell', async () => {
    const { authority, place } = await given();
    const { found, advice, commands } = await place();
    expect(found).toEqual([]);
    expect(advice?.([authority])[0]).toBe(
      `add to the profile of your shell: export NODE_EXTRA_CA_CERTS=${authority.file}`,
    );
    expect(advice?.([])).toEqual([]);
    expect(commands([authority])).toEqual([]);
  });

  it('trusts the file of the authority, and one that holds it among others', async () => {
    const own = await given((root) => join(root, 'data/ca/ca.pem'));
    expect((await own.place()).found).toMatchObject([{ fingerprint: own.authority.fingerprint }]);
    expect((await own.place()).advice?.([own.authority])).toEqual([]);
    expect((await own.place()).advice?.([])).toEqual(['take NODE_EXTRA_CA_CERTS out of the profile of your shell']);
    const bundle = await given((root) => join(root, 'bundle.pem'));
    await writeFile(join(bundle.machine.root, 'bundle.pem'), `# corporate\n${bundle.authority.pem}`);
    expect((await bundle.place()).found).toHaveLength(1);
  });

  it('that reads another file gets the authority by a command that can be pasted', async () => {
    const { machine, authority, place } = await given((root) => join(root, "ann's roots.pem"));
    await writeFile(join(machine.root, "ann's roots.pem"), '# corporate\n');
    const [line = ''] = (await place()).advice?.([authority]) ?? [];
    expect(line).toMatch(/^NODE_EXTRA_CA_CERTS names another file, and can name only one: cat /);
    await systemProcesses().run('sh', ['-c', line.slice(line.indexOf('cat '))]);
    expect(await readFile(join(machine.root, "ann's roots.pem"), 'utf8')).toBe(`# corporate\n${authority.pem}`);
    expect((await place()).found).toHaveLength(1);
  });

  it('that reads the bundle of the system is served by the store of the system', async () => {
    const { authority, place } = await given((root) => join(root, 'etc/ssl/certs/ca-certificates.crt'));
    expect((await place()).advice?.([authority])).toEqual([
      "NODE_EXTRA_CA_CERTS names the bundle of the system, which has it as soon as the system's store has",
    ]);
  });

  it('is told nothing before there is an authority', async () => {
    expect(await node.places(await givenMachine(), undefined)).toEqual([]);
  });
});
