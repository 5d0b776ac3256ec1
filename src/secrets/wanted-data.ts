import { readFile, stat } from 'node:fs/promises';
import type { SecretKey, SecretSettings } from '../environment/environment.js';
import { messageOf, systemCode } from '../errors.js';
import type { Check } from '../plan/step.js';
import { generatedKeys, type SecretObject } from './secret-object.js';

/** The most that a Secret may hold, in bytes. */
const limit = 1024 * 1024;

/** What the data of a Secret is to be, in base64; `undefined` for a key that is yet to be generated. */
export type WantedData = ReadonlyMap<string, string | undefined>;

export interface Sources {
  /** Of the user's environment. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export type Blocked = Extract<Check, { readonly status: 'blocked' }>;

/**
 * The data that a Secret is to have, or why it cannot be had. What was generated once stays, and so does what came from a variable
 * that is not set now.
 * @param live The Secret as it is, if it is there
 */
export async function wantedData(
  name: string,
  { keys, namespace }: SecretSettings,
  live: SecretObject | undefined,
  { variables }: Sources,
): Promise<{ readonly status: 'known'; readonly data: WantedData } | Blocked> {
  const data = new Map<string, string | undefined>();
  const missing: Missing[] = [];
  for (const [key, source] of Object.entries(keys)) {
    const value = await valueOf(source, { key, live, variables });
    if (typeof value === 'object') missing.push(value);
    else data.set(key, value);
  }
  if (missing.length === 0) return { status: 'known', data };
  return {
    status: 'blocked',
    by: `the Secret ${namespace}/${name} cannot be made: ${missing.map(({ reason }) => reason).join(', ')}`,
    fix: missing.flatMap(({ fix }) => fix),
    code: 'usage',
  };
}

interface Missing {
  readonly reason: string;
  readonly fix: readonly string[];
}

async function valueOf(
  source: SecretKey,
  { key, live, variables }: Sources & { readonly key: string; readonly live: SecretObject | undefined },
): Promise<string | undefined | Missing> {
  const present = live?.data?.[key];
  if ('value' in source) return base64(source.value);
  if ('generate' in source) return live && generatedKeys(live).includes(key) ? present : undefined;
  if ('file' in source) return contentOf(source.file, key);
  const value = variables[source.env];
  // CI systems set a variable to nothing where they have no secret for it.
  if (value !== undefined && value !== '') return base64(value);
  return (
    present ?? {
      reason: `its key ${key} comes from the variable ${source.env}, which is not set`,
      fix: [`set ${source.env} and run the command again; later runs keep the value without it`],
    }
  );
}

async function contentOf(file: string, key: string): Promise<string | Missing> {
  const because = (why: string, fix: string) => ({
    reason: `its key ${key} comes from the file ${file}, which ${why}`,
    fix: [fix],
  });
  try {
    const { size } = await stat(file);
    if (size > limit)
      return because(`is larger than 1 MiB`, 'a Secret holds at most 1 MiB; mount larger files another way');
    return base64(await readFile(file));
  } catch (error) {
    const isAbsent = systemCode(error) === 'ENOENT';
    return because(
      isAbsent ? 'is not there' : `cannot be read (${messageOf(error)})`,
      `put the file there, or name another one`,
    );
  }
}

function base64(content: string | Buffer): string {
  return Buffer.from(content).toString('base64');
}
