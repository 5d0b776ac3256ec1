import type { Client } from 'pg';
import { migrations } from './migrations.js';

/** Any number, as long as nothing else in this database locks the same. */
const lock = 7_239_114;

/**
 * Brings the schema up to date. Instances that start together wait for each other. All of it or nothing: after a failure
 * the caller ends the connection, and with it the transaction.
 */
export async function migrate(client: Client): Promise<void> {
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock($1)', [lock]);
  await client.query(
    'create table if not exists schema_migrations (version int primary key, applied_at timestamptz not null default now())',
  );
  const { rows } = await client.query<{ version: number }>(
    'select coalesce(max(version), 0)::int as version from schema_migrations',
  );
  const version = rows[0]?.version ?? 0;
  for (const [index, text] of migrations.slice(version).entries()) {
    await client.query(text);
    await client.query('insert into schema_migrations (version) values ($1)', [version + index + 1]);
  }
  await client.query('commit');
}
