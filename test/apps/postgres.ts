import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './ports.js';

/** What is used here of pg; it is a package of the services, not of the project. */
interface Client {
  on(event: 'error', listener: () => void): void;
  connect(): Promise<void>;
  query(text: string): Promise<{ rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
}
const requireFromApps = createRequire(new URL('../../assets/apps/package.json', import.meta.url));
const pg = requireFromApps('pg') as { Client: new (connection: object) => Client };

/** Where initdb and postgres are; `undefined` without a PostgreSQL on this machine. */
export const postgresPrograms = findPrograms();

/** Put behind the name of a suite that is skipped without it. */
export const ifPostgres = postgresPrograms === undefined ? ' (needs initdb and postgres, and there are none)' : '';

/** A real PostgreSQL in a temporary folder. */
export interface Postgres {
  readonly port: number;
  /** The DATABASE_… variables for it. */
  readonly environment: Readonly<Record<string, string>>;
  /** One statement as its superuser. */
  query(text: string): Promise<Record<string, unknown>[]>;
  /** Every process of it stands still: connections are taken and nothing is answered. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** As after a crash: connections break, new ones are refused. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

const password = 'not-a-secret';

/** Starts one with an empty database; the caller removes it. */
export async function startPostgres(): Promise<Postgres> {
  if (postgresPrograms === undefined) throw new Error('no PostgreSQL here');
  const programs = postgresPrograms;
  const folder = await mkdtemp(join(tmpdir(), 'platform-postgres-'));
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  const user = unprivileged();
  if (user !== undefined) {
    await chown(folder, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  const made = spawn(
    join(programs, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'auth',
      `--pwfile=${passwordFile}`,
      '-A',
      'scram-sha-256',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ],
    { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const [code] = (await once(made, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`initdb ended with ${String(code)}`);

  const port = await freePort();
  let server: ChildProcess | undefined;
  const connection = { host: '127.0.0.1', port, database: 'postgres', user: 'auth', password };

  async function query(text: string) {
    const client = new pg.Client({ ...connection, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query(text)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async function signalAll(signal: NodeJS.Signals): Promise<void> {
    const pid = server?.pid;
    if (pid === undefined) return;
    // Each backend leads a process group of its own.
    const children = await readFile(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').catch(() => '');
    for (const one of [pid, ...children.split(' ').filter(Boolean).map(Number)]) {
      try {
        process.kill(one, signal);
      } catch {
        // A backend may end at any time.
      }
    }
  }

  const postgres: Postgres = {
    port,
    environment: {
      DATABASE_HOST: '127.0.0.1',
      DATABASE_PORT: String(port),
      DATABASE_NAME: 'postgres',
      DATABASE_USER: 'auth',
      DATABASE_PASSWORD: password,
    },
    query,
    freeze: () => signalAll('SIGSTOP'),
    thaw: () => signalAll('SIGCONT'),
    async stop() {
      if (server?.exitCode !== null) return;
      const ended = once(server, 'exit');
      await signalAll('SIGCONT');
      server.kill('SIGQUIT');
      await ended;
    },
    async start() {
      const options = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'logging_collector=off'];
      server = spawn(
        join(programs, 'postgres'),
        ['-D', data, '-p', String(port), ...options.flatMap((option) => ['-c', option])],
        { ...user, cwd: folder, stdio: 'ignore' },
      );
      for (;;) {
        if (
          await query('select 1').then(
            () => true,
            () => false,
          )
        )
          return;
        if (server.exitCode !== null) throw new Error(`postgres ended with ${String(server.exitCode)}`);
        await pause(50);
      }
    },
    async remove() {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await postgres.start();
  return postgres;
}

function findPrograms(): string | undefined {
  const packaged = '/usr/lib/postgresql';
  const versions = existsSync(packaged) ? readdirSync(packaged).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(packaged, version, 'bin')),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  // nobody, in every distribution
  return { uid: 65_534, gid: 65_534 };
}
