/** One file of the bundle: a text, or a tree that becomes JSON or YAML by the name of its file. */
export interface Entry {
  /** Within the bundle, such as `cluster/events.json`. */
  readonly path: string;
  readonly content: string | object;
}

/** Some files of the bundle that are collected together; when that fails, the others are still there. */
export interface Part {
  readonly name: string;
  readonly collect: () => Promise<readonly Entry[]>;
}
