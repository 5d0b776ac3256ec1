/** `conflict`: the object is no longer the one that was read, and nothing was written. */
export type WriteAnswer = 'done' | 'conflict' | 'gone';

/** The API server, by path; whatever else it refuses, and no answer at all, are rejections. */
export interface RestoreApi {
  /** `undefined` when there is none. */
  get(path: string): Promise<unknown>;
  list(path: string, labelSelector: string): Promise<readonly unknown[]>;
  /** Replaces an object; the resourceVersion in it makes this compare-and-set. */
  replace(path: string, object: object): Promise<WriteAnswer>;
  /** JSON merge patch; a resourceVersion in its metadata makes this compare-and-set. */
  patch(path: string, mergePatch: object): Promise<WriteAnswer>;
  delete(
    path: string,
    preconditions?: { readonly uid?: string; readonly resourceVersion?: string },
  ): Promise<WriteAnswer>;
}
