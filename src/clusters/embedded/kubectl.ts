import { join } from 'node:path';
import { writeFileAtomically } from '../../files.js';
import { asset } from '../../paths.js';

/**
 * Writes a program called kubectl that does what kwokctl asks of it and nothing else; without any on PATH kwokctl would
 * download one, unverified.
 * @returns the value of PATH with which it is found
 */
export async function writeKubectl(folder: string): Promise<string> {
  const words = [process.execPath, asset('assets/embedded/kubectl.mjs')];
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  await writeFileAtomically(join(folder, 'kubectl'), `#!/bin/sh\nexec ${quoted.join(' ')} "$@"\n`, { mode: 0o755 });
  return `${folder}:/usr/bin:/bin`;
}
