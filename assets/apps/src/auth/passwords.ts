import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Turns } from './turns.js';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt);

// 16 MiB a guess, at every cost.
const blocks = { N: 2 ** 14, r: 8 };
const saltBytes = 16;
const keyBytes = 32;

export interface Passwords {
  /** What is stored of a password: `scrypt$N=…,r=…,p=…$<salt>$<key>`, the last two in base64. */
  hash(password: string): Promise<string>;
  /** Whether the password is the one the hash was made of, with the parameters it was made with. */
  verify(password: string, stored: string): Promise<boolean>;
}

/**
 * @param cost scrypt's p. 5 is about a fifth of a second, and one of the equally strong sets of parameters of the OWASP
 * password storage cheat sheet; the one with little memory, because containers are small.
 */
export function newPasswords(cost: number, turns: Turns): Passwords {
  return {
    async hash(password) {
      const salt = randomBytes(saltBytes);
      const key = await turns(() => derive(normal(password), salt, keyBytes, { ...blocks, p: cost }));
      const parameters = `N=${String(blocks.N)},r=${String(blocks.r)},p=${String(cost)}`;
      return `scrypt$${parameters}$${salt.toString('base64')}$${key.toString('base64')}`;
    },
    async verify(password, stored) {
      const match = /^scrypt\$N=(\d+),r=(\d+),p=(\d+)\$([\w+/=]+)\$([\w+/=]+)$/.exec(stored);
      if (match === null) throw new Error('a stored password has an unknown form');
      const [, N, r, p, salt = '', key = ''] = match;
      const expected = Buffer.from(key, 'base64');
      const parameters = { N: Number(N), r: Number(r), p: Number(p) };
      const derived = await turns(() =>
        derive(normal(password), Buffer.from(salt, 'base64'), expected.length, parameters),
      );
      return timingSafeEqual(derived, expected);
    },
  };
}

// The same letters typed on two keyboards may be different code points.
const normal = (password: string) => password.normalize('NFKC');
