// Takes the ownership of a folder when told its path, says how that ended, and gives it back when told no path.
import { failureOf } from '../../src/errors.js';
import { acquireOwnership, type Ownership } from '../../src/ownership/lock-file.js';

let ownership: Ownership | undefined;

process.on('message', (folder: string) => {
  void (folder === '' ? giveBack() : take(folder)).then((answer) => process.send?.(answer));
});
process.send?.('ready');

async function take(folder: string): Promise<unknown> {
  try {
    ownership = await acquireOwnership(folder, `run-of-${String(process.pid)}`, 'up');
    return { owns: true, takenOverFrom: ownership.takenOverFrom?.run };
  } catch (error) {
    return { owns: false, failure: failureOf(error) };
  }
}

async function giveBack(): Promise<unknown> {
  await ownership?.release();
  ownership = undefined;
  return 'released';
}
