import type { Drill } from '../drill.js';
import type { Finding } from '../record.js';
import type { Facts } from './facts.js';

export interface PreflightOptions {
  /** Lets a drill run though nobody would take its fault back if this program died. */
  readonly withoutReaper?: boolean;
}

/** One thing that is looked at before a drill; pure. */
export type Check = (drill: Drill, facts: Facts, options: PreflightOptions) => readonly Finding[];
