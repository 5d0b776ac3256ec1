import type { DrillRecord } from '../../record.js';
import type { Span } from '../plot/frame.js';

type Band = Span & { readonly label: string };

/** The stretch from the fault to its end, in milliseconds after the fault. */
export function faultBand({ marks }: DrillRecord, label: string): readonly Band[] {
  if (marks.faultAt === undefined) return [];
  return [{ from: 0, to: (marks.restoredAt ?? marks.endedAt) - marks.faultAt, label }];
}

/** The stretch in which the load lasts. */
export function loadBand({ marks, drill }: DrillRecord): readonly Band[] {
  if (marks.faultAt === undefined || drill.fault.type !== 'load') return [];
  return [{ from: 0, to: (marks.loadEndedAt ?? marks.endedAt) - marks.faultAt, label: 'load' }];
}
