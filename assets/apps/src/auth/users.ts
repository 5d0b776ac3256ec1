import pg from 'pg';
import { Problem } from '../kit/problem.js';
import type { Query } from './database.js';

const uniqueViolation = '23505';

/**
 * @param password its hash
 * @throws Problem 409 when the name is taken
 */
export async function addUser(query: Query, name: string, password: string): Promise<{ createdAt: Date }> {
  const rows = await query<{ created_at: Date }>(
    'insert into users (name, password) values ($1, $2) returning created_at',
    [name, password],
  ).catch((error: unknown) => {
    if (error instanceof pg.DatabaseError && error.code === uniqueViolation) {
      throw new Problem(409, `The name ${name} is taken`);
    }
    throw error;
  });
  return { createdAt: only(rows).created_at };
}

export interface Credentials {
  readonly id: string;
  /** The hash. */
  readonly password: string;
}

export async function findCredentials(query: Query, name: string): Promise<Credentials | undefined> {
  const [row] = await query<Credentials & pg.QueryResultRow>('select id, password from users where name = $1', [name]);
  return row;
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('the database gave no row');
  return row;
}
