/** A program that runs on this machine in the place of one that a simulated pod only pretends to be. */
export interface HostProgram {
  /** Its name among the cluster's components, such as `prometheus`. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  readonly args: readonly string[];
  /** Added to our own environment variables. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningProgram {
  readonly pid: number;
  /** False when it was started with other arguments, or from another file, than the program asked about has. */
  isStartedAs(program: HostProgram): Promise<boolean>;
}

/**
 * Programs beside a control plane on this machine: they outlive us, and end when the cluster is stopped or removed. What
 * they say is among the cluster's logs.
 */
export interface HostPrograms {
  /** For what they need; removed with the cluster. Their arguments have to name something in it. */
  readonly folder: string;
  /** Those that run, by name. */
  running(): Promise<ReadonlyMap<string, RunningProgram>>;
  /** Starts one; resolves to its pid as soon as there is a process. */
  start(program: HostProgram): Promise<number>;
  /** Asks one to end; resolves when it has and its ports are free. */
  end(name: string, signal: AbortSignal): Promise<void>;
  /** The end of what one said, for messages. */
  lastWords(name: string): Promise<string>;
}
