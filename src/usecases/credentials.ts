import { PlatformError } from '../errors.js';
import type { ClusterClient } from '../kubernetes/client.js';
import type { KubernetesObject } from '../kubernetes/objects.js';
import { knownCredentials, type KnownCredentials } from '../releases/credentials.js';
import { didYouMean } from '../releases/find-installed.js';
import { observeReleases, releaseKey, type ObservedRelease } from '../releases/helm/observed.js';
import { refuseUnlessRunning, type OpenedCluster } from './open-url.js';
import { servedUrls, urlsFor } from './urls.js';

/** An app with credentials, as a list shows it: without them. */
export interface AppCredentials {
  readonly app: string;
  readonly release: string;
  readonly namespace: string;
  readonly status: 'installed' | 'stand-in' | 'not installed';
  /** Where one logs in. */
  readonly url?: string;
}

export interface Login extends AppCredentials {
  readonly secret: string;
  /** Absent where only a password is asked for. */
  readonly user?: string;
  readonly password: string;
}

export type CredentialsResult =
  | { readonly kind: 'list'; readonly apps: readonly AppCredentials[] }
  | { readonly kind: 'login'; readonly login: Login };

/**
 * What one logs in with: read from the cluster each time, kept nowhere. Without an app, the apps that have credentials.
 * @throws PlatformError `conflict` when the app is unknown, not installed or a stand-in, or has no Secret yet
 */
export async function credentials(
  opened: OpenedCluster,
  app: string | undefined,
  signal: AbortSignal,
): Promise<CredentialsResult> {
  const { environment, assembly } = opened;
  await refuseUnlessRunning(environment.name, assembly.provider);
  const observed = await observeReleases(assembly.view);
  const [known, urls] = await Promise.all([
    knownCredentials(environment.releases, [...observed.values()]),
    servedUrls(assembly),
  ]);
  const apps = known.map((one) => {
    const [url] = urlsFor(one.url, urls);
    return {
      known: one,
      shown: shownOf(one, observed.get(releaseKey({ namespace: one.namespace, name: one.release })), url?.url),
    };
  });
  if (app === undefined) return { kind: 'list', apps: apps.map(({ shown }) => shown) };
  const found = apps.find(({ known: one }) => one.app === app) ?? apps.find(({ known: one }) => one.release === app);
  if (!found)
    throw unknownApp(
      environment.name,
      app,
      apps.map(({ known: one }) => one.app),
    );
  refuseUnlessInstalled(environment.name, found.shown);
  const client = await assembly.view.connection();
  if (!client) throw new PlatformError('conflict', `the cluster of ${environment.name} is not running`);
  return { kind: 'login', login: { ...found.shown, ...(await read(found.known, client, signal)) } };
}

function shownOf(known: KnownCredentials, observed: ObservedRelease | undefined, url: string | undefined) {
  const { app, release, namespace } = known;
  const status = !observed ? 'not installed' : observed.standIn ? 'stand-in' : 'installed';
  return { app, release, namespace, status, ...(url !== undefined && { url }) } satisfies AppCredentials;
}

async function read(
  { app, namespace, secrets, user, password }: KnownCredentials,
  client: ClusterClient,
  signal: AbortSignal,
): Promise<Pick<Login, 'secret' | 'user' | 'password'>> {
  for (const secret of secrets) {
    const path = `/api/v1/namespaces/${namespace}/secrets/${secret}`;
    const found = await client.get<KubernetesObject & { readonly data?: Readonly<Record<string, string>> }>(
      path,
      signal,
    );
    if (!found) continue;
    const valueOf = (key: string) => {
      const value = found.data?.[key];
      if (value !== undefined) return Buffer.from(value, 'base64').toString('utf8');
      throw new PlatformError('conflict', `the Secret ${namespace}/${secret} of ${app} has no key ${key}`, {
        suggestions: [`it has ${Object.keys(found.data ?? {}).join(', ') || 'none'}`],
      });
    };
    return {
      secret,
      ...(user && { user: 'key' in user ? valueOf(user.key) : user.name }),
      password: valueOf(password),
    };
  }
  throw new PlatformError('conflict', `${app} has no Secret ${namespace}/${secrets.join(' or ')}`, {
    suggestions: [
      'see with `platform status` whether it is ready; what it makes itself, it makes when it first starts',
    ],
    facts: { app, namespace, secrets },
  });
}

function refuseUnlessInstalled(environment: string, { app, release, status }: AppCredentials): void {
  if (status === 'installed') return;
  throw status === 'stand-in'
    ? new PlatformError('conflict', `${app} has no credentials: ${release} is a stand-in here, nothing runs in it`)
    : new PlatformError('conflict', `${app} is not installed in ${environment}`, {
        suggestions: [`platform up --only ${release}`],
      });
}

function unknownApp(environment: string, app: string, known: readonly string[]): PlatformError {
  return new PlatformError('conflict', `${environment} has no app ${app} whose credentials are known`, {
    suggestions: [
      ...didYouMean(app, known),
      known.length > 0 ? `known are those of ${known.join(', ')}` : 'none of its releases has any',
    ],
    facts: { app, known },
  });
}
