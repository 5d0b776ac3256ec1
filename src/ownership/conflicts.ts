import { PlatformError } from '../errors.js';
import type { Owner } from './lock-file.js';

/** Somebody else is at work. `since` is ISO 8601, where it is known. */
export function heldBy(owner: Owner, since?: string): PlatformError {
  const { user, host, pid, run, command } = owner;
  return new PlatformError(
    'conflict',
    `${user}@${host} is changing this environment now (pid ${String(pid)}, ${command}${since ? `, since ${since}` : ''})`,
    {
      suggestions: ['wait until it has ended, or stop it with Ctrl-C there, and run the command again'],
      facts: { user, host, pid, run, command, ...(since !== undefined && { since }) },
    },
  );
}

/** Somebody else has become the owner while we were at work; `undefined` where it cannot be told who. */
export function takenOverBy(owner: Owner | undefined): PlatformError {
  const who = owner ? `${owner.user}@${owner.host} (pid ${String(owner.pid)}, ${owner.command})` : 'somebody';
  return new PlatformError('conflict', `${who} has taken this environment over; nothing more is changed`, {
    suggestions: ['see with `platform status` how it is, and run the command again when the other run has ended'],
    ...(owner && { facts: { ...owner } }),
  });
}
