import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Environment } from '../../environment/environment.js';
import { environmentFileName } from '../../environment/find-file.js';
import { allowedInWords, problemsOf } from '../../environment/issues.js';
import { withFlag } from '../../environment/parts.js';
import { problemsError, type Problem } from '../../environment/problems.js';
import { readOptionalSource } from '../../environment/source.js';
import { systemCode } from '../../errors.js';

const text = z.string();
const digest = text.regex(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 lower-case hexadecimal digits');

const image = z.strictObject({
  image: text,
  /** Of its manifest or index; null where its registry could not say. */
  digest: digest.nullable(),
  /** Why the same reference can be another image tomorrow: `tag latest`, `no tag`. */
  mutable: text.optional(),
});

const release = z.strictObject({
  /** As `describeChart` has it; a folder relative to the lock file. */
  chart: text,
  name: text,
  version: text,
  appVersion: text.optional(),
  /** Of the chart's archive, or of the folder's contents. */
  digest,
  /** Semver range of the Kubernetes versions that the chart says it works with. */
  kubernetes: text.optional(),
  /** Semver range of the Helm versions that may install it. */
  helm: text,
  /** The definitions it brings; absent where it brings none. */
  crds: z
    .strictObject({
      /** Where they come from, if not from the chart itself. */
      chart: text.optional(),
      archive: digest.optional(),
      /** Over all of them. */
      digest,
      names: z.array(text),
    })
    .optional(),
  /** `group/kind` of the custom resources it creates. */
  uses: z.array(text),
  images: z.array(image),
});

const lockSchema = z.strictObject({
  apiVersion: z.literal('platform/v1alpha1'),
  kind: z.literal('Lock'),
  releases: z.record(text, release),
});

/** `platform.lock`: the exact charts, definitions and images of an environment's releases, on all its targets. */
export type Lock = z.infer<typeof lockSchema>;
export type LockedRelease = z.infer<typeof release>;
export type LockedImage = z.infer<typeof image>;

/** The lock beside an environment file: `platform.lock`, or `staging.lock` for a staging.yaml. */
export function lockFileOf(file: string): string {
  return join(dirname(file), `${basename(file).replace(/\.ya?ml$/, '')}.lock`);
}

/** The lock file that holds for an environment; `undefined` for one that has no file. */
export function lockFileFor({ file }: Pick<Environment, 'file'>): string | undefined {
  return file === undefined ? undefined : lockFileOf(file);
}

/** The command that brings the lock of an environment with this file up to date. */
export function lockCommand(file: string, environment: Pick<Environment, 'askedParts'>): string {
  return `platform lock${basename(file) === environmentFileName ? '' : ` --file ${file}`}${withFlag(environment)}`;
}

/**
 * Reads a lock file; `undefined` when there is none.
 * @throws PlatformError `usage` with every problem and its line in `facts.problems`
 */
export async function readLock(file: string): Promise<Lock | undefined> {
  const problems: Problem[] = [];
  const name = basename(file);
  const source = await readOptionalSource(file, name, (problem) => problems.push(problem));
  if (problems.length === 0) {
    if (!source) return undefined;
    const result = lockSchema.safeParse(source.value, { error: allowedInWords });
    if (result.success) return result.data;
    problems.push(...problemsOf(result.error.issues, source, lockSchema));
  }
  const suggestion = `take ${name} from version control again, or delete it and run \`platform lock\``;
  throw problemsError(problems.map((problem) => ({ ...problem, suggestion })));
}

/** {@link readLock} for an environment; `undefined` also for one that has no file. */
export async function readLockFor(environment: Pick<Environment, 'file'>): Promise<Lock | undefined> {
  const file = lockFileFor(environment);
  return file === undefined ? undefined : readLock(file);
}

/** The file as it is, with line breaks as we write them; `undefined` when there is none. */
export async function readLockText(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A lock as a file: releases, names and images sorted, so that the same lock always has the same bytes. */
export function lockText({ apiVersion, kind, releases }: Lock): string {
  const sorted = Object.entries(releases).sort(([a], [b]) => compare(a, b));
  const content = { apiVersion, kind, releases: Object.fromEntries(sorted.map(([name, one]) => [name, inOrder(one)])) };
  return `# Written by \`platform lock\`; do not edit. Keep it in version control, beside the environment file.\n${stringify(content, { lineWidth: 0 })}`;
}

function inOrder(locked: LockedRelease): LockedRelease {
  const { chart, name, version, appVersion, digest: archive, kubernetes, helm, crds, uses, images } = locked;
  return {
    ...{ chart, name, version },
    ...(appVersion !== undefined && { appVersion }),
    digest: archive,
    ...(kubernetes !== undefined && { kubernetes }),
    helm,
    ...(crds && { crds: definitionsInOrder(crds) }),
    uses: [...uses].sort(compare),
    images: [...images].sort((a, b) => compare(a.image, b.image)),
  };
}

function definitionsInOrder({ chart, archive, digest: all, names }: NonNullable<LockedRelease['crds']>) {
  return {
    ...(chart !== undefined && { chart }),
    ...(archive !== undefined && { archive }),
    digest: all,
    names: [...names].sort(compare),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
