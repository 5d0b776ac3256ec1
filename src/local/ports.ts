import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { PlatformError, systemCode } from '../errors.js';
import type { Processes } from '../process.js';
import { parseListeningSockets } from './listening-sockets.js';
import { parseLsof } from './lsof.js';

/** Who listens on a port; without a pid it is a process of another user, which only root may see. */
export interface PortOwner {
  readonly pid?: number;
  /** The program's name: `nginx`. */
  readonly command?: string;
}

const connectWithinMs = 1000;

/**
 * Who listens on a TCP port of this machine, on a loopback address or on all addresses; `undefined` when nobody is
 * known to. Somebody in another network namespace, such as a container, shows as whoever forwards the port to it.
 */
export async function portOwner(
  port: number,
  processes: Processes,
  signal?: AbortSignal,
): Promise<PortOwner | undefined> {
  if (process.platform === 'linux') return portOwnerFromProc(port);
  const args = ['+c0', '-nP', `-iTCP:${String(port)}`, '-sTCP:LISTEN', '-Fpcn'];
  try {
    // lsof ends with 1 when it finds nothing.
    const { stdout } = await processes.run('lsof', args, { allowFailure: true, ...(signal && { signal }) });
    return parseLsof(stdout);
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'prerequisite') return undefined;
    throw error;
  }
}

/** {@link portOwner} by Linux's own listing, which needs no program; `proc` is where it is mounted. */
export async function portOwnerFromProc(port: number, proc = '/proc'): Promise<PortOwner | undefined> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => textOf(join(proc, 'net', name))));
  const sockets = tables.flatMap((table) => parseListeningSockets(table ?? ''));
  const inodes = new Set(sockets.filter((socket) => socket.port === port).map(({ inode }) => `socket:[${inode}]`));
  if (inodes.size === 0) return undefined;
  const pids = (await namesIn(proc)).filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(a) - Number(b));
  for (const pid of pids) {
    if (!(await holds(join(proc, pid, 'fd'), inodes))) continue;
    const command = (await textOf(join(proc, pid, 'comm')))?.trim();
    return { pid: Number(pid), ...(command && { command }) };
  }
  return {};
}

/** True when nobody accepts connections on the port and 127.0.0.1 can really be bound. */
export async function isPortFree(port: number): Promise<boolean> {
  // On macOS 127.0.0.1 can be bound beside somebody who has the port on all addresses.
  const answers = await Promise.all(['127.0.0.1', '::1'].map((host) => accepts(host, port)));
  return !answers.includes(true) && (await canBind(port));
}

/** `nginx (pid 123)`; says so where the process cannot be told. */
export function describePortOwner({ pid, command }: PortOwner): string {
  if (pid === undefined) return 'a process of another user';
  return command === undefined ? `pid ${String(pid)}` : `${command} (pid ${String(pid)})`;
}

async function holds(folder: string, inodes: ReadonlySet<string>): Promise<boolean> {
  for (const descriptor of await namesIn(folder)) {
    try {
      if (inodes.has(await readlink(join(folder, descriptor)))) return true;
    } catch {
      // Closed meanwhile.
    }
  }
  return false;
}

// Processes end, and those of other users are closed to us: both are as if they were not there.
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: connectWithinMs });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false));
  });
}

function canBind(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      // A port below 1024 that only root may bind; nobody answers on it, and a container engine runs as root.
      if (systemCode(error) === 'EACCES') resolve(true);
      else if (systemCode(error) === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
