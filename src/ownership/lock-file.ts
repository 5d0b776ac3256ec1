import { userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive, releaseFileLock, takeFileLock, thisProcess } from '../file-lock.js';
import { readJsonFile } from '../files.js';
import { heldBy } from './conflicts.js';

export { isAlive };

const ownerSchema = z.object({
  user: z.string(),
  host: z.string(),
  pid: z.number(),
  startedAt: z.string(),
  run: z.string(),
  command: z.string(),
});

/** Who is changing an environment now. */
export type Owner = z.infer<typeof ownerSchema>;

export interface Ownership {
  readonly owner: Owner;
  /** The dead owner this was taken over from, if any: its children may still run. */
  readonly takenOverFrom: Owner | undefined;
  release(): Promise<void>;
}

/**
 * Makes this process the owner of an environment, by `<state>/owner.json`; works before there is a cluster. An owner
 * on this host that is dead is replaced at once.
 * @throws PlatformError `conflict` that names the living owner
 */
export async function acquireOwnership(stateFolder: string, run: string, command: string): Promise<Ownership> {
  const file = ownerFile(stateFolder);
  const claim = { ...thisOwner(), run, command };
  const taking = await takeFileLock(file, claim);
  if (!taking.taken) throw heldBy(ownerSchema.parse(taking.holder));
  return {
    owner: ownerSchema.parse(claim),
    takenOverFrom: ownerSchema.safeParse(taking.from).data,
    release: () => releaseFileLock(file, claim),
  };
}

/** This process, as it signs what it does; `user@host/pid` for people. */
export function thisOwner() {
  return { user: userName(), ...thisProcess() };
}

/** The owner by the lock file, dead or alive; `undefined` when there is none or its file is torn. */
export function readOwner(stateFolder: string): Promise<Owner | undefined> {
  return readJsonFile(ownerFile(stateFolder), ownerSchema);
}

function ownerFile(stateFolder: string): string {
  return join(stateFolder, 'owner.json');
}

// Containers run as users that no passwd file knows.
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${String(process.getuid?.())}`;
  }
}
