import type { ClusterProvider } from '../clusters/cluster.js';
import type { Environment } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import type { Ports } from '../ports.js';
import { didYouMean } from '../releases/find-installed.js';
import { programsOnPath } from '../toolchain/path-search.js';
import { servedUrls, urlsFor, type ServedUrl } from './urls.js';

/** An environment that was begun, as far as looking into its cluster needs it. */
export interface OpenedCluster {
  readonly environment: Pick<Environment, 'name' | 'releases'>;
  readonly assembly: {
    readonly provider: Pick<ClusterProvider, 'inspect' | 'simulation' | 'host'>;
    readonly view: ClusterView;
  };
}

export type OpenUrlResult =
  /** No app was named. */
  | { readonly kind: 'list'; readonly urls: readonly ServedUrl[]; readonly simulation?: string }
  | {
      readonly kind: 'app';
      readonly app: string;
      readonly url: string;
      /** All addresses of the app. */
      readonly urls: readonly ServedUrl[];
      readonly opened: boolean;
      /** Why it was not opened. */
      readonly reason?: string;
    };

export interface OpenUrlOptions {
  /** Without it, all addresses are listed. */
  readonly app?: string | undefined;
  /** Opens nothing. */
  readonly print: boolean;
  /** As Node names it: `linux`, `darwin`. */
  readonly platform: string;
}

/**
 * Shows an app in this machine's browser, where it has one; waits for nothing.
 * @throws PlatformError `conflict` when the cluster does not run, or serves no such app
 */
export async function openUrl(
  { environment, assembly }: OpenedCluster,
  { app, print, platform }: OpenUrlOptions,
  ports: Pick<Ports, 'processes' | 'variables'>,
): Promise<OpenUrlResult> {
  const { provider } = assembly;
  await refuseUnlessRunning(environment.name, provider);
  const urls = await servedUrls(assembly);
  const { simulation } = provider;
  if (app === undefined) return { kind: 'list', urls, ...(simulation !== undefined && { simulation }) };
  const found = urlsFor(app, urls);
  const [first] = found;
  if (!first) throw notServed(environment.name, app, urls);
  const result = { kind: 'app', app, url: first.url, urls: found } as const;
  if (print) return { ...result, opened: false };
  if (simulation !== undefined && !first.isReal)
    return { ...result, opened: false, reason: `nothing answers there: ${simulation}` };
  const opener = await browserOpener(platform, ports.variables);
  if (opener === undefined) return { ...result, opened: false, reason: 'this machine shows no browser' };
  // Some openers stay for as long as the browser does.
  await ports.processes.run('sh', ['-c', '"$@" >/dev/null 2>&1 &', 'sh', opener, first.url]);
  return { ...result, opened: true };
}

/** The program that shows a URL to the person at this machine; `undefined` where there is no screen for it. */
export async function browserOpener(platform: string, variables: Ports['variables']): Promise<string | undefined> {
  const isWindowsBelow = Boolean(variables['WSL_DISTRO_NAME']);
  const hasScreen = Boolean(variables['DISPLAY']) || Boolean(variables['WAYLAND_DISPLAY']);
  const candidates = [
    ...(platform === 'darwin' ? ['open'] : []),
    ...(isWindowsBelow ? ['wslview'] : []),
    ...(platform === 'linux' && hasScreen ? ['xdg-open'] : []),
  ];
  for (const name of candidates) {
    const [program] = await programsOnPath(name, variables['PATH']);
    if (program) return program.path;
  }
  return undefined;
}

/** @throws PlatformError `conflict` when the cluster does not run */
export async function refuseUnlessRunning(
  environment: string,
  provider: Pick<ClusterProvider, 'inspect'>,
): Promise<void> {
  const { status } = await provider.inspect();
  if (status === 'running') return;
  throw new PlatformError('conflict', `the cluster of ${environment} is not running: it is ${status}`, {
    suggestions: ['run `platform status` to see why, `platform up` to bring it up'],
  });
}

function notServed(environment: string, app: string, urls: readonly ServedUrl[]): PlatformError {
  const hosts = urls.map(({ url }) => new URL(url).hostname);
  const known = urls.flatMap(({ ingress, release }) => [ingress, release ?? []].flat());
  const names = [...new Set([...known, ...hosts.map((host) => host.split('.')[0] ?? host)])];
  return new PlatformError('conflict', `${environment} serves no app ${app}`, {
    suggestions: [
      ...didYouMean(app, names),
      hosts.length > 0 ? `it serves ${[...new Set(hosts)].join(', ')}` : 'it has no Ingress yet: see `platform status`',
    ],
    facts: { app, urls: urls.map(({ url }) => url) },
  });
}
