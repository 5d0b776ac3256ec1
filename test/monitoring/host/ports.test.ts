import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseHostPorts, hostUrls, readHostPorts } from '../../../src/monitoring/host/ports.js';
import { temporaryFolder } from '../../toolchain/fixture.js';
import { program } from '../programs.js';

async function given() {
  const folder = await temporaryFolder();
  await mkdir(folder, { recursive: true });
  return { folder, chosen: await chooseHostPorts({ folder }, new Set()) };
}

describe('the ports of the programs', () => {
  it('are chosen once, each another one, and kept', async () => {
    const { folder, chosen } = await given();
    expect(new Set(Object.values(chosen)).size).toBe(6);
    expect(await readHostPorts({ folder })).toEqual(chosen);
    expect(await chooseHostPorts({ folder }, new Set())).toEqual(chosen);
    expect(hostUrls(chosen).prometheus).toBe(`http://127.0.0.1:${String(chosen.prometheus)}/`);
  });

  it('are none before', async () => {
    expect(await readHostPorts({ folder: await temporaryFolder() })).toBeUndefined();
  });

  it('are exchanged where another program has taken one, but not for the program that has it', async () => {
    const { folder, chosen } = await given();
    const { port } = await program();
    await writeFile(join(folder, 'ports.json'), JSON.stringify({ ...chosen, alertmanager: port }));

    expect((await chooseHostPorts({ folder }, new Set(['alertmanager']))).alertmanager).toBe(port);
    const exchanged = await chooseHostPorts({ folder }, new Set(['prometheus']));
    expect(exchanged.alertmanager).not.toBe(port);
    expect({ ...exchanged, alertmanager: 0 }).toEqual({ ...chosen, alertmanager: 0 });
  });
});
