import { z } from 'zod';

/*
 * Messages say what is allowed: loading puts the path and the wrong value in front of them.
 */
const label = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** A text that is not empty, or has a form; the message is what is allowed. */
export const text = (allowed: string, pattern?: RegExp) =>
  pattern ? z.string(allowed).regex(pattern, allowed) : z.string(allowed).min(1, allowed);

/** A DNS label that starts with a letter. */
export const labelOf = (length: number) =>
  text(`at most ${String(length)} lowercase letters, digits and hyphens, starting with a letter`, label).max(
    length,
    `at most ${String(length)} characters`,
  );
