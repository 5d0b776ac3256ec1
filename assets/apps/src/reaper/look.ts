import type { Change, Restored } from './intent.js';
import type { RestoreApi, WriteAnswer } from './restore-api.js';

/** What a change looks like now. */
export type Look =
  /** There is nothing to take back. */
  | { readonly state: 'settled'; readonly outcome: Exclude<Restored['outcome'], 'restored'>; readonly detail: string }
  /** It is as the drill made it. */
  | {
      readonly state: 'in-place';
      /** What is said when it was taken back. */
      readonly detail: string;
      readonly takeBack: () => Promise<WriteAnswer>;
    };

type Of<Type extends Change['type']> = Extract<Change, { readonly type: Type }>;

/** As far as objects are read here. */
interface Seen {
  readonly metadata?: {
    readonly name?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly replicas?: number; readonly unschedulable?: boolean };
}

/** Label of everything that a drill makes. */
const runLabel = 'platform.dev/run';

/** Reads what became of a change; writes nothing. */
export function lookAt(change: Change, run: string, api: RestoreApi): Promise<Look> {
  switch (change.type) {
    case 'scale':
      return lookAtScale(change, api);
    case 'object':
      return lookAtObject(change, run, api);
    case 'cordon':
      return lookAtNode(change, api);
    case 'annotation':
      return lookAtAnnotations(change, api);
    case 'pods':
      return Promise.resolve(settled('as-it-was', 'its owner makes new pods'));
  }
}

async function lookAtScale({ path, uid, from, to }: Of<'scale'>, api: RestoreApi): Promise<Look> {
  const scalePath = `${path}/scale`;
  const scale = await read(scalePath, api);
  if (!scale) return gone;
  if (scale.metadata?.uid !== uid) return replaced;
  // The API server leaves a 0 out.
  const replicas = scale.spec?.replicas ?? 0;
  if (replicas === from) return settled('as-it-was', counted(from));
  if (replicas !== to) return settled('foreign', `somebody set ${counted(replicas)}`);
  return inPlace(`${counted(from)} again`, () =>
    api.replace(scalePath, { ...scale, spec: { ...scale.spec, replicas: from } }),
  );
}

async function lookAtObject({ path }: Of<'object'>, run: string, api: RestoreApi): Promise<Look> {
  const object = await read(path, api);
  if (!object) return settled('as-it-was', 'it is not there');
  const { uid, labels } = object.metadata ?? {};
  const owner = labels?.[runLabel];
  if (owner !== run) return settled('replaced', owner ? `it is of the run ${owner}` : 'it is of no drill');
  return inPlace('deleted', () => api.delete(path, uid === undefined ? {} : { uid }));
}

async function lookAtNode({ path, uid, from }: Of<'cordon'>, api: RestoreApi): Promise<Look> {
  const node = await read(path, api);
  if (!node) return gone;
  if (node.metadata?.uid !== uid) return replaced;
  const isCordoned = node.spec?.unschedulable ?? false;
  if (isCordoned === from) return settled('as-it-was', isCordoned ? 'it takes no new pods' : 'it takes pods');
  if (!isCordoned) return settled('foreign', 'somebody lets it take pods');
  const { resourceVersion } = node.metadata;
  return inPlace('it takes pods again', () =>
    api.patch(path, { metadata: { resourceVersion }, spec: { unschedulable: null } }),
  );
}

async function lookAtAnnotations(change: Of<'annotation'>, api: RestoreApi): Promise<Look> {
  const { collection, labelSelector, key } = change;
  const pods = (await api.list(collection, labelSelector)) as readonly Seen[];
  const annotated = pods.flatMap(({ metadata }) => (metadata?.annotations?.[key] === undefined ? [] : [metadata]));
  if (annotated.length === 0) return settled('as-it-was', 'no pod has it');
  const detail = `removed from ${String(annotated.length)} ${annotated.length === 1 ? 'pod' : 'pods'}`;
  return inPlace(detail, async () => {
    let answer: WriteAnswer = 'done';
    for (const { name = '', resourceVersion } of annotated) {
      const one = await api.patch(`${collection}/${name}`, {
        metadata: { resourceVersion, annotations: { [key]: null } },
      });
      // A pod that went away took its annotation with it.
      if (one === 'conflict') answer = one;
    }
    return answer;
  });
}

const gone = settled('gone', 'it is there no longer');
const replaced = settled('replaced', 'another object has its name');

function settled(outcome: Exclude<Restored['outcome'], 'restored'>, detail: string): Look {
  return { state: 'settled', outcome, detail };
}

function inPlace(detail: string, takeBack: () => Promise<WriteAnswer>): Look {
  return { state: 'in-place', detail, takeBack };
}

async function read(path: string, api: RestoreApi): Promise<Seen | undefined> {
  return (await api.get(path)) as Seen | undefined;
}

function counted(replicas: number): string {
  return `${String(replicas)} ${replicas === 1 ? 'replica' : 'replicas'}`;
}
