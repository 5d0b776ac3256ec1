import { setTimeout as pause } from 'node:timers/promises';
import pg, { type QueryResultRow } from 'pg';
import { Problem } from '../kit/problem.js';
import { migrate } from './migrate.js';

/** Runs one statement; the rows it gives. */
export type Query = <Row extends QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

export interface Database {
  /**
   * Statements that together wait no longer for the database than one time limit.
   * They throw Problem 503 when it does not answer in time, and `pg.DatabaseError` when it refuses what it was asked.
   */
  forOneRequest(): Query;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** `require` encrypts, `verify` also checks the certificate (authorities: NODE_EXTRA_CA_CERTS). */
  readonly tls: 'off' | 'require' | 'verify';
  /** How long one request may wait for the database. */
  readonly limitMs: number;
  /** Called with what went wrong behind the scenes. */
  readonly onTrouble: (message: string, error: unknown) => void;
}

const undefinedTable = '42P01';

/**
 * Answers from the first moment on, also while there is no database: the schema is brought up to date as soon as there
 * is one, and again if it is found to be gone.
 */
export function openDatabase(options: DatabaseOptions): Database {
  let pool = newPool(options);
  let isPrepared = false;
  const closing = new AbortController();
  void prepare();

  async function prepare(): Promise<void> {
    isPrepared = false;
    let reported = '';
    while (!closing.signal.aborted) {
      try {
        await migrateWith(options);
        isPrepared = true;
        return;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (message !== reported) options.onTrouble('the schema cannot be prepared yet', error);
        reported = message;
        await pause(500, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  }

  // Its other connections lead to the same nowhere; without this each of them would fail one more request.
  function renew(broken: pg.Pool): void {
    if (broken !== pool || closing.signal.aborted) return;
    pool = newPool(options);
    void broken.end().catch(() => undefined);
  }

  async function ask<Row extends QueryResultRow>(text: string, values: readonly unknown[], limitMs: number) {
    const asked = pool;
    try {
      return (await inTime(asked.query<Row>(text, [...values]), limitMs)).rows;
    } catch (cause) {
      if (cause instanceof pg.DatabaseError && /^(22|23|42)/.test(cause.code ?? '')) {
        if (cause.code === undefinedTable && isPrepared) void prepare();
        throw cause;
      }
      renew(asked);
      throw away(cause);
    }
  }

  return {
    forOneRequest() {
      let leftMs = options.limitMs;
      return async (text, values = []) => {
        if (!isPrepared || leftMs <= 0) throw away(undefined);
        const started = performance.now();
        try {
          return await ask(text, values, leftMs);
        } finally {
          leftMs -= performance.now() - started;
        }
      };
    },
    async close() {
      closing.abort();
      await pool.end();
    },
  };
}

const away = (cause: unknown) => new Problem(503, 'The database does not answer', { cause });

function connection(options: DatabaseOptions, limitMs: number) {
  const { host, port, database, user, password, tls } = options;
  return {
    host,
    port,
    database,
    user,
    password,
    ssl: tls === 'off' ? false : { rejectUnauthorized: tls === 'verify' },
    application_name: 'auth',
    connectionTimeoutMillis: options.limitMs,
    query_timeout: limitMs,
    statement_timeout: limitMs,
    keepAlive: true,
  };
}

function newPool(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({ ...connection(options, options.limitMs), max: 10 });
  pool.on('error', (error) => {
    options.onTrouble('an idle connection to the database broke', error);
  });
  return pool;
}

// A migration may take longer than a statement of a request, and wait for another instance that is at it.
async function migrateWith(options: DatabaseOptions): Promise<void> {
  const client = new pg.Client(connection(options, 10_000));
  // Without a listener a broken connection would end the process; the statement under way fails anyway.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await migrate(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Waiting for a connection and for the answer have limits of their own; this is the one for both. */
async function inTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const late = new AbortController();
  const tooLate = pause(limitMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no answer within ${String(Math.round(limitMs))} ms`);
  });
  // Whichever loses the race may still fail later.
  tooLate.catch(() => undefined);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    late.abort();
  }
}
