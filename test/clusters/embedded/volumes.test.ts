import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeVolumeFolders, volumeFolders } from '../../../src/clusters/embedded/volumes.js';

let etcd = '';
const made: string[] = [];
beforeEach(async () => {
  etcd = await mkdtemp(join(tmpdir(), 'platform-volumes-'));
  await mkdir(join(etcd, 'member', 'wal'), { recursive: true });
});
afterEach(async () => {
  await removeVolumeFolders(made.splice(0));
  await rm(etcd, { recursive: true });
});

/** A folder as kube-controller-manager makes one for a claim. */
async function volume(): Promise<string> {
  const folder = `/tmp/hostpath_pv/${randomUUID()}`;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'data'), 'precious');
  made.push(folder);
  return folder;
}

/** A file of etcd's, binary and with words in between. */
function record(file: string, ...words: readonly string[]): Promise<void> {
  const noise = Buffer.from([0xff, 0x00, 0xc3, 0x28]);
  return writeFile(
    join(etcd, 'member', file),
    Buffer.concat(words.flatMap((word) => [noise, Buffer.from(word), noise])),
  );
}

describe('the volumes of a control plane', () => {
  it('are those its etcd ever heard of and that still exist', async () => {
    const [one, two] = [await volume(), await volume()];
    await record('db', `{"path":"${one}"}`);
    await record('wal/0.wal', `x${two}y`, two, `/tmp/hostpath_pv/${randomUUID()}`);
    expect((await volumeFolders(etcd)).sort()).toEqual([one, two].sort());
  });

  it('are not those of others', async () => {
    const ours = await volume();
    await volume();
    await record('db', ours);
    expect(await volumeFolders(etcd)).toEqual([ours]);
  });

  it('are never anything else that etcd may have heard of', async () => {
    await volume();
    await record('db', '/tmp/hostpath_pv/', '/tmp/hostpath_pv/../../etc', '/tmp/hostpath_pv/mine', '/etc/passwd');
    expect(await volumeFolders(etcd)).toEqual([]);
  });

  it('are none where there never was an etcd', async () => {
    expect(await volumeFolders(join(etcd, 'none'))).toEqual([]);
  });
});

describe('removing volumes', () => {
  it('removes their contents and leaves those of others', async () => {
    const [ours, theirs] = [await volume(), await volume()];
    await removeVolumeFolders([ours]);
    expect([existsSync(ours), existsSync(join(theirs, 'data'))]).toEqual([false, true]);
  });

  it('does not mind what is gone already', async () => {
    const gone = `/tmp/hostpath_pv/${randomUUID()}`;
    await expect(removeVolumeFolders([gone])).resolves.toBeUndefined();
  });
});
