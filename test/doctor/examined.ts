import type { Examination, Finding } from '../../src/doctor/check.js';

/** What an examination finds when nothing hurries it. */
export function examined(examination: Examination): Promise<Finding> {
  return examination.examine(new AbortController().signal);
}
