import { randomUUID } from 'node:crypto';
import { Problem } from '../kit/problem.js';
import type { Query } from './database.js';
import type { FailedAttempts } from './failed-attempts.js';
import type { Passwords } from './passwords.js';
import { findCredentials } from './users.js';

/** Checks a name and a password; gives the user's id. */
export type LogIn = (query: Query, name: string, password: string) => Promise<string>;

/** An unknown name costs as much time as a known one and gets the same answer. */
export function newLogIn(attempts: FailedAttempts, passwords: Passwords): LogIn {
  const nobodys = passwords.hash(randomUUID());

  function refuseWhileClosed(name: string): void {
    const seconds = attempts.secondsToWait(name);
    if (seconds === 0) return;
    throw new Problem(429, `Too many wrong passwords, try again in ${String(seconds)} seconds`, {
      headers: { 'retry-after': String(seconds) },
    });
  }

  return async (query, name, password) => {
    refuseWhileClosed(name);
    const user = await findCredentials(query, name);
    const isRight = await passwords.verify(password, user?.password ?? (await nobodys));
    // Many guesses sent at once all pass the first check; none of them learns anything here.
    refuseWhileClosed(name);
    if (user === undefined || !isRight) {
      attempts.count(name);
      throw new Problem(401, 'The name or the password is wrong');
    }
    attempts.forget(name);
    return user.id;
  };
}
