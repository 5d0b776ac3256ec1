import { randomInt } from 'node:crypto';

const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits at random: fit for a URL, a shell and a configuration file alike. */
export function generated(length: number): string {
  return Array.from({ length }, () => characters[randomInt(characters.length)]).join('');
}
