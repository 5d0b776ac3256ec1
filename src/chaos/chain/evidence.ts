import type { Receivers } from '../../monitoring/receivers.js';
import type { Drill, LinkName } from '../drill.js';
import type { Link, Marks, Observations, Prediction } from '../record.js';

/** What is done so far. */
export type MarksSoFar = Omit<Marks, 'endedAt'> & Partial<Pick<Marks, 'endedAt'>>;

export interface ChainInput {
  readonly drill: Drill;
  readonly observations: Observations;
  readonly marks: MarksSoFar;
  readonly prediction: Prediction;
  /** Milliseconds that a link may take after the one before it; `undefined` where nobody can say. */
  readonly budgetFor: (name: LinkName, alert?: string) => number | undefined;
  /** Where nothing but the control plane is real. */
  readonly isRehearsed: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Somebody ended it: that a link did not come says nothing. False without it. */
  readonly isCutShort?: boolean;
  /** False where nothing watches the environment; true without it. */
  readonly isWatched?: boolean;
  /** Receivers of the configuration that Alertmanager has loaded, where it is known. */
  readonly receivers?: Receivers;
}

/** What observations tell of one link, before anything is said about its time. */
export interface Evidence {
  readonly name: LinkName;
  readonly alert?: string;
  readonly at?: number;
  /** Why nobody waits for it. */
  readonly status?: Extract<Link['status'], 'unobserved' | 'unasked'>;
  /** How it is known, or why it is not to be seen. */
  readonly detail?: string;
  /** Why it did not come, or came late, as far as it can be told by now. */
  readonly cause?: string | undefined;
  /** It will not come any more: nobody has to wait for its time to be over. */
  readonly isDecided?: boolean;
}
