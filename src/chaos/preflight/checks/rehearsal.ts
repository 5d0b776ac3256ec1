import type { Finding } from '../../record.js';
import type { Check } from '../check.js';

/** What cannot be seen where nothing but the control plane is real. */
export const checkRehearsal: Check = ({ fault, expect }, { simulation }) => {
  if (simulation === undefined) return [];
  const note = (message: string, link?: Finding['link']): Finding => ({
    check: 'rehearsal',
    level: 'note',
    ...(link && { link }),
    message,
  });
  const notes = [
    ...(expect.symptom ? [note('what users would see is not observed', 'symptom')] : []),
    ...(fault.type === 'load'
      ? [note('requests are not sent, and the processor time that they cost is pretended')]
      : []),
    ...(fault.type === 'load' && expect.load ? [note('answers and their times are not observed')] : []),
    ...(fault.type === 'cut' ? [note('a NetworkPolicy cuts nothing', 'fault')] : []),
  ];
  // Said once.
  return notes.map((each, index) => (index === 0 ? { ...each, message: `${each.message}: ${simulation}` } : each));
};
