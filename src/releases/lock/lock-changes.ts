import type { LockedImage, LockedRelease } from './lock-file.js';

/** A value before and after; null where there was or is none. */
export interface Move {
  readonly from: string | null;
  readonly to: string | null;
}

interface NameChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** How the lock of one release changes. What stays as it is is absent. */
export interface ReleaseChange {
  readonly release: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Why it was resolved again, or has to be. */
  readonly reason?: string;
  readonly chart?: Move;
  readonly version?: Move;
  readonly appVersion?: Move;
  readonly digest?: Move;
  readonly kubernetes?: Move;
  readonly helm?: Move;
  /** `changed`: the names are the same, what they define is not. */
  readonly crds?: NameChange & { readonly changed: boolean; readonly archive?: Move };
  readonly uses?: NameChange;
  /** `moved`: the same reference is another image. */
  readonly images?: NameChange & { readonly moved: readonly (Move & { readonly image: string })[] };
  /** Keys that the release's values set and the new chart no longer knows. */
  readonly goneKeys?: readonly string[];
  /** Why nobody could look for such keys. */
  readonly goneKeysUnknown?: string;
}

const texts = ['chart', 'version', 'appVersion', 'digest', 'kubernetes', 'helm'] as const;

/** What is different; `undefined` when nothing is. */
export function changeOf(
  release: string,
  before: LockedRelease | undefined,
  after: LockedRelease | undefined,
): ReleaseChange | undefined {
  const moves = texts.flatMap((key) => {
    const move = moveOf(before?.[key], after?.[key]);
    return move ? [[key, move] as const] : [];
  });
  const crds = definitionChange(before?.crds, after?.crds);
  const uses = nameChange(before?.uses, after?.uses);
  const images = imageChange(before?.images ?? [], after?.images ?? []);
  if (moves.length === 0 && !crds && !uses && !images) return undefined;
  return {
    release,
    change: before ? (after ? 'changed' : 'removed') : 'added',
    ...(Object.fromEntries(moves) as Pick<ReleaseChange, (typeof texts)[number]>),
    ...(crds && { crds }),
    ...(uses && { uses }),
    ...(images && { images }),
  };
}

function moveOf(from: string | undefined, to: string | undefined): Move | undefined {
  return from === to ? undefined : { from: from ?? null, to: to ?? null };
}

function nameChange(before: readonly string[] = [], after: readonly string[] = []): NameChange | undefined {
  const added = after.filter((name) => !before.includes(name));
  const removed = before.filter((name) => !after.includes(name));
  return added.length + removed.length > 0 ? { added, removed } : undefined;
}

function definitionChange(before: LockedRelease['crds'], after: LockedRelease['crds']): ReleaseChange['crds'] {
  const archive = moveOf(before?.archive, after?.archive);
  if (before?.digest === after?.digest && before?.chart === after?.chart && !archive) return undefined;
  const names = nameChange(before?.names, after?.names);
  const { added, removed } = names ?? { added: [], removed: [] };
  const changed = before !== undefined && after !== undefined && before.digest !== after.digest && !names;
  return { added, removed, changed, ...(archive && { archive }) };
}

function imageChange(before: readonly LockedImage[], after: readonly LockedImage[]): ReleaseChange['images'] {
  const old = digestsOf(before);
  const now = digestsOf(after);
  const names = nameChange([...old.keys()], [...now.keys()]);
  const moved = [...now].flatMap(([image, to]) => {
    const from = old.get(image);
    return from === undefined || from === to ? [] : [{ image, from, to }];
  });
  if (!names && moved.length === 0) return undefined;
  return { added: names?.added ?? [], removed: names?.removed ?? [], moved };
}

function digestsOf(images: readonly LockedImage[]): ReadonlyMap<string, string | null> {
  return new Map(images.map(({ image, digest }) => [image, digest]));
}
