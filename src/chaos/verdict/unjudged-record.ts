import type { DrillRecord } from '../record.js';

/** A record before its verdict. */
export type UnjudgedRecord = Omit<DrillRecord, 'verdict'>;
