import type { ReaperApi } from '../../../assets/apps/src/reaper/api-server.js';
import type { WriteAnswer } from '../../../assets/apps/src/reaper/restore-api.js';

export interface StoredObject {
  readonly metadata?: {
    readonly name?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** Objects by path, written compare-and-set as the API server does it. */
export interface FakeApi extends ReaperApi {
  readonly objects: Map<string, StoredObject>;
  /** `PUT /path`, those that were answered `done` only. */
  readonly writes: string[];
  /** Called before each call with its method and path; throws where the API server should not answer. */
  before: (call: string) => void;
  /** Changes an object as somebody else would. */
  edit(path: string, change: StoredObject): void;
}

export function fakeApi(given: Readonly<Record<string, StoredObject>> = {}): FakeApi {
  const objects = new Map<string, StoredObject>();
  const writes: string[] = [];
  let version = 0;
  const store = (path: string, object: StoredObject) => {
    version += 1;
    objects.set(path, { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } });
  };
  for (const [path, object] of Object.entries(given)) store(path, object);

  function write(
    method: string,
    path: string,
    isFresh: (found: StoredObject) => boolean,
    work: () => void,
  ): WriteAnswer {
    api.before(`${method} ${path}`);
    const found = objects.get(path);
    if (!found) return 'gone';
    if (!isFresh(found)) return 'conflict';
    work();
    writes.push(`${method} ${path}`);
    return 'done';
  }
  const versionOf = ({ metadata }: StoredObject) => metadata?.resourceVersion;

  const api: FakeApi = {
    objects,
    writes,
    before: () => undefined,
    edit: store,
    get(path) {
      return attempt(() => {
        api.before(`GET ${path}`);
        return objects.get(path);
      });
    },
    list(path, labelSelector) {
      return attempt(() => {
        api.before(`GET ${path}`);
        const [key = '', value] = labelSelector.split('=');
        return [...objects].flatMap(([at, object]) => {
          const label = object.metadata?.labels?.[key];
          const isSelected = value === undefined ? label !== undefined : label === value;
          return at.startsWith(`${path}/`) && isSelected ? [object] : [];
        });
      });
    },
    create(collection, object: StoredObject) {
      return attempt(() => {
        const path = `${collection}/${object.metadata?.name ?? ''}`;
        if (objects.has(path)) return 'conflict' as const;
        store(path, object);
        return 'done' as const;
      });
    },
    replace(path, object: StoredObject) {
      return attempt(() =>
        write(
          'PUT',
          path,
          (found) => versionOf(found) === versionOf(object),
          () => {
            store(path, object);
          },
        ),
      );
    },
    patch(path, patch: StoredObject) {
      return attempt(() =>
        write(
          'PATCH',
          path,
          (found) => [undefined, versionOf(found)].includes(versionOf(patch)),
          () => {
            store(path, merged(objects.get(path) ?? {}, patch) as StoredObject);
          },
        ),
      );
    },
    delete(path, preconditions = {}) {
      return attempt(() =>
        write(
          'DELETE',
          path,
          ({ metadata }) => [undefined, metadata?.uid].includes(preconditions.uid),
          () => objects.delete(path),
        ),
      );
    },
  };
  return api;
}

// What `before` throws is a rejection.
function attempt<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}

/** RFC 7386. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null) return patch;
  const result: Record<string, unknown> = typeof target === 'object' && target !== null ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = merged(result[key], value);
  }
  return result;
}
