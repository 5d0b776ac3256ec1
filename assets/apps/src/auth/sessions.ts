import type { Query } from './database.js';
import { newToken, tokenDigest } from './tokens.js';

export interface SessionUser {
  readonly name: string;
  readonly createdAt: Date;
  /** Path of the picture such as `/uploads/x.png`. */
  readonly picture: string | null;
}

const isLive = 'token_digest = $1 and expires_at > now()';

export async function openSession(query: Query, userId: string, hours: number) {
  const token = newToken();
  const [row] = await query<{ expires_at: Date }>(
    `insert into sessions (token_digest, user_id, expires_at)
     values ($1, $2, now() + make_interval(hours => $3)) returning expires_at`,
    [tokenDigest(token), userId, hours],
  );
  if (row === undefined) throw new Error('the database gave no row');
  return { token, expiresAt: row.expires_at };
}

/** Whose session it is; `undefined` when there is none, or no longer. */
export async function sessionUser(query: Query, token: string): Promise<SessionUser | undefined> {
  const [row] = await query<{ name: string; created_at: Date; picture: string | null }>(
    `select name, users.created_at, picture from sessions join users on users.id = user_id where ${isLive}`,
    [tokenDigest(token)],
  );
  return row && { name: row.name, createdAt: row.created_at, picture: row.picture };
}

/** @returns whether there was such a session */
export async function setPicture(query: Query, token: string, picture: string): Promise<boolean> {
  const rows = await query(
    `update users set picture = $2 from sessions where users.id = user_id and ${isLive} returning users.id`,
    [tokenDigest(token), picture],
  );
  return rows.length > 0;
}

/** An unknown session is ended already. */
export async function endSession(query: Query, token: string): Promise<void> {
  await query('delete from sessions where token_digest = $1', [tokenDigest(token)]);
}

export async function removeExpiredSessions(query: Query): Promise<void> {
  await query('delete from sessions where expires_at <= now()');
}
