import { pad, wrap } from './width.js';

/** A label and prose beside it, whose further lines stay beside it; `room` are the columns of the label. */
export function labelled(label: string, prose: string, columns: number, room: number): string {
  const beside = wrap(prose, columns - room, 0).split('\n');
  return pad(label, room) + beside.join(`\n${' '.repeat(room)}`);
}
