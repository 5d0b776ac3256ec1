import type { ErrorCode } from '../../errors.js';
import type { Release } from '../../environment/environment.js';

export type HelmRelease = Pick<Release, 'name' | 'namespace'>;

/** A failure that Helm's words tell apart from others. */
export interface Explanation {
  readonly words: RegExp;
  /** `match` is that of `words`; `output` is everything Helm said. */
  readonly explain: (match: RegExpExecArray, release: HelmRelease, output: string) => Explained;
}

export interface Explained {
  readonly message: string;
  /** `tool` without it. */
  readonly code?: ErrorCode;
  readonly suggestions: readonly string[];
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** The object that Helm was at: `ConfigMap/web`; `an object` where it does not say. */
export function objectIn(output: string): string {
  const [, name, kind] = /\bobject [^\s/]*\/(\S+) \S*, Kind=(\w+)/.exec(output) ?? [];
  return name !== undefined && kind !== undefined ? `${kind}/${name}` : 'an object';
}

/** A group of a match that is always there when the expression matches. */
export function group(match: RegExpExecArray, number: number): string {
  return match[number] ?? '';
}
