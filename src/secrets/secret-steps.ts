import { isDeepStrictEqual } from 'node:util';
import type { Environment, Release, SecretSettings } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import { applyWhole } from '../kubernetes/apply-whole.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { isOwnNamespace, namespaceId } from '../namespaces/namespace-steps.js';
import type { Check, Step } from '../plan/step.js';
import { generated } from './generate.js';
import { generatedKeys, isOurs, secretList, secretObject, secretPath, type SecretObject } from './secret-object.js';
import { wantedData, type Blocked, type Sources, type WantedData } from './wanted-data.js';

export interface SecretOptions extends Sources {
  readonly environment: Pick<Environment, 'name' | 'secrets' | 'parts'>;
  /** Releases that are installed in this run: Secrets of their namespaces are seen to. */
  readonly installed: readonly Pick<Release, 'namespace'>[];
  readonly view: ClusterView;
  readonly needs: readonly string[];
  /** Called before each write to the cluster. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
}

function secretId(secret: string): string {
  return `secret/${secret}`;
}

/** Ids of the steps of a namespace's Secrets: its releases wait for them. */
export function secretIds(namespace: string, environment: Pick<Environment, 'secrets' | 'parts'>): string[] {
  return wantedSecrets(environment).flatMap(([name, settings]) =>
    settings.namespace === namespace ? [secretId(name)] : [],
  );
}

/** The Secrets of an environment whose part, if they belong to one, is on; by name. */
export function wantedSecrets({
  secrets,
  parts,
}: Pick<Environment, 'secrets' | 'parts'>): readonly (readonly [string, SecretSettings])[] {
  return Object.entries(secrets).filter(([, { part }]) => part === undefined || parts.includes(part));
}

/** One step for each Secret that the environment file asks for. */
export function secretSteps(options: SecretOptions): Step[] {
  return wantedSecrets(options.environment).map(([name, settings]) => secretStep(name, settings, options));
}

function secretStep(name: string, settings: SecretSettings, options: SecretOptions): Step {
  const { installed, view, needs, ensureOwned } = options;
  const environment = options.environment.name;
  const { namespace } = settings;
  const isNeeded = installed.some((release) => release.namespace === namespace);
  return {
    id: secretId(name),
    title: `secret ${name}`,
    needs: [...needs, ...(isNeeded && isOwnNamespace(namespace) ? [namespaceId(namespace)] : [])],
    lane: 'api',
    // Another machine's Lease may have to be watched for 40 s.
    budgetMs: 120_000,
    estimateMs: 50,
    async check({ signal }): Promise<Check> {
      if (!isNeeded) return { status: 'omitted', reason: `no release is installed in ${namespace} now` };
      const ours = (await view.list<SecretObject>(secretList(environment))).find(
        ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
      );
      if (!ours && (await isTaken(signal))) return takenByOthers(name, namespace);
      const wanted = await wantedData(name, settings, ours, options);
      if (wanted.status === 'blocked') return wanted;
      const reason = ours ? difference(ours, wanted.data, settings) : 'new';
      return reason === undefined ? { status: 'satisfied' } : { status: 'needed', reason };
    },
    async apply({ signal }) {
      await ensureOwned(signal);
      const client = await view.connection();
      if (!client) throw new PlatformError('conflict', 'the cluster went away in the middle of the run');
      const live = await client.get<SecretObject>(secretPath(namespace, name), signal);
      if (live && !isOurs(live, environment)) throw refused(takenByOthers(name, namespace));
      const wanted = await wantedData(name, settings, live, options);
      if (wanted.status === 'blocked') throw refused(wanted);
      const data = complete(wanted.data, settings);
      const object = secretObject({ name, namespace }, environment, data, keysToKeep(settings));
      await applyWhole(client, object, (found) => isDeepStrictEqual(found.data, data), signal);
      view.forget();
      return undefined;
    },
  };

  async function isTaken(signal: AbortSignal): Promise<boolean> {
    const client = await view.connection();
    return (await client?.get(secretPath(namespace, name), signal)) !== undefined;
  }
}

// Names keys, never what is in them.
function difference(live: SecretObject, wanted: WantedData, settings: SecretSettings): string | undefined {
  const data = live.data ?? {};
  const absent = [...wanted.keys()].find((key) => data[key] === undefined);
  if (absent !== undefined) return `its key ${absent} is not there`;
  const changed = [...wanted].find(([key, value]) => data[key] !== value)?.[0];
  if (changed !== undefined) return `its key ${changed} is not as wanted`;
  const surplus = Object.keys(data).find((key) => !wanted.has(key));
  if (surplus !== undefined) return `its key ${surplus} is no longer wanted`;
  const isAsMade = isDeepStrictEqual(generatedKeys(live), [...keysToKeep(settings)].sort());
  return isAsMade ? undefined : 'it does not say which of its keys are generated';
}

function complete(wanted: WantedData, { keys }: SecretSettings): Record<string, string> {
  return Object.fromEntries(
    [...wanted].map(([key, value]) => {
      const source = keys[key];
      const length = source && 'generate' in source ? source.generate : 0;
      return [key, value ?? Buffer.from(generated(length)).toString('base64')];
    }),
  );
}

function keysToKeep({ keys }: SecretSettings): string[] {
  return Object.entries(keys).flatMap(([key, source]) => ('generate' in source ? [key] : []));
}

function takenByOthers(name: string, namespace: string): Blocked {
  return {
    status: 'blocked',
    by: `there is a Secret ${name} in ${namespace} already, which is not ours`,
    fix: [
      `give the one under secrets.${name} of the environment file another name, or take it out to use what is there`,
      `or remove the other one: kubectl delete secret ${name} --namespace ${namespace}`,
    ],
    code: 'conflict',
  };
}

function refused({ by, fix, code = 'conflict' }: Blocked): PlatformError {
  return new PlatformError(code, by, { suggestions: fix });
}
