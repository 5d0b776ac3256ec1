/** What a user got. */
export interface ProbeAnswer {
  /** Milliseconds since the epoch, when the answer or its failure was there. */
  readonly at: number;
  readonly durationMs: number;
  /** Absent where nothing was answered. */
  readonly status?: number;
  readonly body?: string;
  /** Where it sends the user; not followed. */
  readonly location?: string;
  /** Why there was no answer. */
  readonly error?: string;
}

/** Asks a URL as a user's browser would: at the address that leads to the ingress, with our authority trusted. */
export type Probe = (url: string, signal: AbortSignal) => Promise<ProbeAnswer>;
