import { intents, type Intent } from './intent.js';
import { readIntent } from './read-intent.js';

/** A ConfigMap of a drill, as far as it is read. */
export interface DrillConfigMap {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** A drill that has written down what it changes. */
export interface Drill {
  readonly name: string;
  readonly uid: string;
  readonly intent: Intent;
  readonly heartbeat: string;
  /** Somebody has taken its changes back. */
  readonly isRestored: boolean;
}

export interface FoundDrills {
  readonly drills: readonly Drill[];
  readonly unreadable: readonly { readonly name: string; readonly uid: string; readonly problem: string }[];
}

/** Reads the ConfigMaps; `known` are the intents that were read before, by uid, so that one drill keeps one object. */
export function readDrills(found: readonly DrillConfigMap[], known: ReadonlyMap<string, Drill>): FoundDrills {
  const drills: Drill[] = [];
  const unreadable: { name: string; uid: string; problem: string }[] = [];
  for (const { metadata, data = {} } of found) {
    const { name, uid } = metadata;
    const text = data[intents.keys.intent];
    const read = readIntent(text);
    if (typeof read === 'string') {
      unreadable.push({ name, uid, problem: read });
      continue;
    }
    const before = known.get(uid)?.intent;
    const intent = before && JSON.stringify(before) === JSON.stringify(read) ? before : read;
    const heartbeat = data[intents.keys.heartbeat] ?? '';
    drills.push({ name, uid, intent, heartbeat, isRestored: data[intents.keys.restoration] !== undefined });
  }
  return { drills, unreadable };
}
