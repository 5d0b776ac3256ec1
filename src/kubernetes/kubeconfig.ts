import { existsSync } from 'node:fs';
import { mkdir, open, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Document, isMap, isSeq, parse, parseDocument } from 'yaml';
import { z } from 'zod';
import { systemClock } from '../clock.js';
import { PlatformError, systemCode } from '../errors.js';
import { writeFileAtomically } from '../files.js';

const entry = z.looseObject({ name: z.string() });
const kubeconfigSchema = z.looseObject({
  'current-context': z.string().nullish(),
  clusters: z.array(entry.extend({ cluster: z.record(z.string(), z.unknown()) })).nullish(),
  contexts: z.array(entry.extend({ context: z.record(z.string(), z.unknown()) })).nullish(),
  users: z.array(entry.extend({ user: z.record(z.string(), z.unknown()) })).nullish(),
});

/** One cluster with its credentials, as a kubeconfig holds them; certificates are inline. */
export interface ClusterAccess {
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly user: Readonly<Record<string, unknown>>;
}

/** The context's name in people's kubeconfig. */
export function contextName(environment: string): string {
  return `platform-${environment}`;
}

/** Reads the current context of a kubeconfig and takes certificate files into the text, so that it can move. */
export async function readAccess(file: string): Promise<ClusterAccess> {
  const config = kubeconfigSchema.parse(parse(await readFile(file, 'utf8')));
  const context = config.contexts?.find(({ name }) => name === config['current-context'])?.context;
  const cluster = config.clusters?.find(({ name }) => name === context?.['cluster'])?.cluster;
  const user = config.users?.find(({ name }) => name === context?.['user'])?.user;
  if (!cluster || !user) throw new PlatformError('conflict', `${file} has no usable current context`);
  const folder = dirname(file);
  return { cluster: await inlined(cluster, folder), user: await inlined(user, folder) };
}

/** A whole kubeconfig with one context, which is the current one. */
export function kubeconfigText(name: string, access: ClusterAccess): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: access.cluster }],
    users: [{ name, user: access.user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** True when the file already has this access under this name. */
export async function hasContext(file: string, name: string, access: ClusterAccess): Promise<boolean> {
  const config = await readConfig(file);
  const cluster = config?.clusters?.find((item) => item.name === name)?.cluster;
  const user = config?.users?.find((item) => item.name === name)?.user;
  const context = config?.contexts?.some((item) => item.name === name);
  return Boolean(context) && JSON.stringify({ cluster, user }) === JSON.stringify(access);
}

/** Names of all contexts; none where there is no such file. */
export async function contextNames(file: string): Promise<string[]> {
  return (await readConfig(file))?.contexts?.map(({ name }) => name) ?? [];
}

/** Adds or replaces one context (with its cluster and user) and makes it current; all else stays as written. */
export async function mergeContext(file: string, name: string, access: ClusterAccess): Promise<void> {
  await edit(file, (document) => {
    put(document, 'clusters', { name, cluster: access.cluster });
    put(document, 'users', { name, user: access.user });
    put(document, 'contexts', { name, context: { cluster: name, user: name } });
    document.set('current-context', name);
    return true;
  });
}

/** Takes one context out again; false when it was not there. */
export async function removeContext(file: string, name: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  return edit(file, (document) => {
    const removed = (['clusters', 'users', 'contexts'] as const).map((key) => take(document, key, name));
    if (document.get('current-context') === name) document.set('current-context', '');
    return removed.includes(true);
  });
}

async function edit(file: string, change: (document: Document) => boolean): Promise<boolean> {
  return withLock(file, async () => {
    const text = await readText(file);
    const document = parsed(text);
    if (document.errors.length > 0) {
      throw new PlatformError('conflict', `${file} is not valid YAML, so it is left as it is`, {
        output: document.errors.map((error) => error.message).join('\n'),
      });
    }
    if (!isMap(document.contents)) {
      throw new PlatformError('conflict', `${file} is not a kubeconfig, so it is left as it is`);
    }
    if (document.get('apiVersion') === undefined) document.set('apiVersion', 'v1');
    if (document.get('kind') === undefined) document.set('kind', 'Config');
    const changed = change(document);
    if (changed) await writeFileAtomically(await targetOf(file), written(document, text), { mode: 0o600 });
    return changed;
  });
}

// The file may be a link to where somebody keeps it.
async function targetOf(file: string): Promise<string> {
  return existsSync(file) ? realpath(file) : file;
}

// Neither folds long lines nor moves lists: some people keep this file under version control.
function written(document: Document, before: string): string {
  return document.toString({ lineWidth: 0, indentSeq: !/^- /m.test(before) });
}

/** What the file says; `undefined` where that is no kubeconfig. */
async function readConfig(file: string): Promise<z.infer<typeof kubeconfigSchema> | undefined> {
  const document = parsed(await readText(file));
  try {
    return kubeconfigSchema.parse(document.toJS() ?? {});
  } catch {
    return undefined;
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function parsed(text: string): Document {
  const document: Document = parseDocument(text);
  return document.contents || document.errors.length > 0 ? document : new Document({});
}

// kubectl and client-go guard the file by creating FILE.lock; one that is older than a minute has lost its owner.
async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  await mkdir(dirname(file), { recursive: true });
  for (;;) {
    try {
      await (await open(lock, 'wx')).close();
      break;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
      const age =
        Date.now() -
        (await stat(lock).then(
          ({ mtimeMs }) => mtimeMs,
          () => Date.now(),
        ));
      if (age > 60_000) await rm(lock, { force: true });
      else await systemClock.sleep(50);
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

function put(document: Document, key: string, item: { readonly name: string; readonly [key: string]: unknown }): void {
  take(document, key, item.name);
  const list = document.get(key);
  if (isSeq(list)) list.add(document.createNode(item));
  else document.set(key, document.createNode([item]));
}

function take(document: Document, key: string, name: string): boolean {
  const list = document.get(key);
  if (!isSeq(list)) return false;
  const before = list.items.length;
  list.items = list.items.filter((item) => !(isMap(item) && item.get('name') === name));
  return list.items.length < before;
}

/** @param folder where the names of files start */
async function inlined(section: Readonly<Record<string, unknown>>, folder: string): Promise<Record<string, unknown>> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(section)) {
    if (['certificate-authority', 'client-certificate', 'client-key'].includes(key) && typeof value === 'string') {
      result[`${key}-data`] = (await readFile(resolve(folder, value))).toString('base64');
    } else {
      result[key] = value;
    }
  }
  return result;
}
