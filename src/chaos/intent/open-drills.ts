import { intents, type Change, type Restoration } from '../../../assets/apps/src/reaper/intent.js';
import type { ListedIntent, ReadIntent } from './read-intent.js';

/** A drill whose record is in the cluster: it goes on, was killed, or was taken back by the reaper. */
export interface OpenDrill {
  /** Of its ConfigMap in platform-system. */
  readonly record: string;
  /** Absent where the record cannot be read. */
  readonly run?: string;
  readonly drill?: string;
  /** `user@host/pid`. */
  readonly owner?: string;
  /** ISO 8601. */
  readonly startedAt?: string;
  /** What it changed, or was about to: `statefulset/postgres in app-services was scaled from 1 to 0`. */
  readonly changes: readonly string[];
  /** Who took it back; then it holds nothing any more. */
  readonly restoration?: Restoration;
  /** Pasteable. */
  readonly restoreCommand?: string;
  /** All of this in one sentence, for people. */
  readonly message: string;
}

/** What commands that come after a drill say of it. */
export function openDrills(listed: readonly ListedIntent[]): readonly OpenDrill[] {
  return listed.map((one) => (one.problem === undefined ? readable(one) : unreadable(one.name, one.problem)));
}

function readable({ name, intent, restoration }: ReadIntent): OpenDrill {
  const { run, drill, owner, startedAt, restoreCommand } = intent;
  const changes = intent.changes.flatMap((change) => describe(change) ?? []);
  const common = { record: name, run, drill, owner, startedAt, changes, restoreCommand };
  if (restoration) {
    const { by, at } = restoration;
    const who = by.startsWith(`${intents.reaper}@`) ? 'the reaper' : by;
    const message = `the drill ${drill} (run ${run}) was taken back by ${who} at ${at}`;
    return { ...common, restoration, message };
  }
  const [user = owner] = owner.split('/');
  const what = changes.length > 0 ? `: ${changes.join('; ')}` : '';
  return {
    ...common,
    message: `the drill ${drill} (run ${run}, by ${user}) is open${what}; take it back: ${restoreCommand}`,
  };
}

function unreadable(record: string, problem: string): OpenDrill {
  const look = `kubectl get configmap ${record} --namespace platform-system --output yaml`;
  return {
    record,
    changes: [],
    message: `the record ${record} of a drill cannot be read (${problem}), so what it changed is not known; see it: ${look}`,
  };
}

/** As done: it may also be just before. Pods that were deleted are nothing to take back. */
function describe(change: Change): string | undefined {
  const { subject } = change;
  switch (change.type) {
    case 'scale':
      return `${subject} was scaled from ${String(change.from)} to ${String(change.to)}`;
    case 'object':
      return `${subject} was made`;
    case 'cordon':
      return change.from ? undefined : `${subject} takes no new pods`;
    case 'annotation':
      return `${subject} goes on`;
    case 'pods':
      return undefined;
  }
}
