import { systemProcesses } from '../../src/process.js';
import { asset } from '../../src/paths.js';

/** Before the tests on real clusters: the program is built from its sources as they are. */
export default async function setup(): Promise<void> {
  await systemProcesses().run('sh', [asset('bin', 'prepare')]);
}
