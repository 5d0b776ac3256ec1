import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformError } from '../errors.js';
import type { EngineCall, EngineName } from './engine.js';
import type { EngineCalls } from './engine-calls.js';
import { insecure } from './insecure.js';

/** Pushes an image and answers the digest that its registry gave it. */
export async function pushImage(
  engine: EngineName,
  calls: EngineCalls,
  reference: string,
  call: EngineCall,
): Promise<string> {
  const options = { ...call, what: `push ${reference}`, image: reference };
  const said = engine === 'docker' ? (await calls(['push', reference], options)).stdout : await byFile(calls, options);
  const digest = /sha256:[0-9a-f]{64}/.exec(said)?.[0];
  if (digest === undefined) {
    throw new PlatformError('tool', `${engine} pushed ${reference} without saying its digest`, { output: said });
  }
  return digest;
}

// Podman writes the digest to a file only.
async function byFile(calls: EngineCalls, options: EngineCall & { what: string; image: string }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-push-'));
  try {
    const file = join(folder, 'digest');
    await calls(['push', '--digestfile', file, ...insecure('podman', options.image), options.image], options);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
