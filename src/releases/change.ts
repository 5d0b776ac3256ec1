import type { ObservedRelease } from './helm/observed.js';

export type Change =
  | { readonly status: 'unchanged' }
  | {
      readonly status: 'changed';
      readonly why: 'new' | 'pending' | 'uninstalling' | 'failed' | 'foreign' | 'replaced' | 'input';
      readonly reason: string;
    };

/**
 * Whether a release has to be installed or upgraded. It is unchanged only if its highest revision is deployed, carries
 * the wanted hash and was written by us: Helm carries labels forward, so a revision label that is not the revision's own
 * number shows that somebody else upgraded or rolled back.
 */
export function changeOf(
  observed: ObservedRelease | undefined,
  wanted: { readonly input: string; readonly standIn: boolean },
): Change {
  if (!observed) return changed('new', 'new');
  const revision = `revision ${String(observed.revision)}`;
  if (observed.status.startsWith('pending-')) return changed('pending', `${revision} was left ${observed.status}`);
  if (observed.status === 'uninstalling') return changed('uninstalling', 'its uninstalling was cut short');
  if (observed.status !== 'deployed') return changed('failed', `${revision} is ${observed.status}`);
  if (observed.ownRevision === undefined) return changed('foreign', `${revision} was not installed by platform`);
  if (observed.ownRevision !== observed.revision) {
    return changed('foreign', `${revision} was written by someone else after ours (${String(observed.ownRevision)})`);
  }
  if (observed.standIn && !wanted.standIn) return changed('replaced', 'the real chart replaces the stand-in');
  if (observed.input !== wanted.input) return changed('input', 'its chart or values changed');
  return { status: 'unchanged' };
}

function changed(why: Exclude<Change, { status: 'unchanged' }>['why'], reason: string): Change {
  return { status: 'changed', why, reason };
}
