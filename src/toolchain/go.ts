import { lt } from 'semver';
import { z } from 'zod';
import { messageOf, PlatformError } from '../errors.js';
import type { Network } from '../network.js';
import type { Ports } from '../ports.js';
import { programsOnPath } from './path-search.js';

/** The user's Go, ready to build. */
export interface Go {
  readonly path: string;
  readonly version: string;
  /** Environment variables for its runs; `GOPROXY=off` where the module proxy does not answer. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Why only modules that are on this machine already can be built; `undefined` when the proxy answers. */
  readonly offline: string | undefined;
}

const settingsSchema = z.object({ GOVERSION: z.string(), GOPROXY: z.string() });

/**
 * Finds a Go that is new enough. The user's own settings stay in force, among them the checksum database, except what
 * would make two builds of one version differ.
 * @throws PlatformError `prerequisite` when there is none.
 */
export async function findGo(
  { processes, variables }: Pick<Ports, 'processes' | 'variables'>,
  network: Network,
  oldest: string,
  signal: AbortSignal,
): Promise<Go> {
  const [program] = await programsOnPath('go', variables['PATH']);
  if (!program) throw new PlatformError('prerequisite', `there is no go on PATH (${oldest} or newer is needed)`);
  const env = {
    ...variables,
    GO111MODULE: 'on',
    GOWORK: 'off',
    GOTOOLCHAIN: 'local',
    GOFLAGS: '-mod=mod -buildvcs=false',
    CGO_ENABLED: '0',
  };
  const { stdout } = await processes.run(program.path, ['env', '-json', 'GOVERSION', 'GOPROXY'], { env, signal });
  const settings = parseSettings(stdout);
  const version = /go(\d+\.\d+(?:\.\d+)?)/.exec(settings.GOVERSION)?.[1];
  const comparable = version?.split('.').length === 2 ? `${version}.0` : version;
  if (comparable === undefined || lt(comparable, oldest)) {
    throw new PlatformError('prerequisite', `${program.path} is ${settings.GOVERSION}; ${oldest} or newer is needed`);
  }
  const offline = await silentProxy(settings.GOPROXY, network, signal);
  return {
    path: program.path,
    version: comparable,
    env: offline === undefined ? env : { ...env, GOPROXY: 'off' },
    offline,
  };
}

// Go waits minutes for a proxy that never answers; told not to ask it, it fails at once or builds from what is here.
async function silentProxy(setting: string, network: Network, signal: AbortSignal): Promise<string | undefined> {
  const proxy = setting.split(/[,|]/).find((entry) => /^https?:/.test(entry));
  if (proxy === undefined || !setting.startsWith(proxy)) return undefined;
  const answer = await network.reachable(proxy, signal);
  if (answer.reachable) return undefined;
  return `the module proxy ${new URL(proxy).host} cannot be reached: ${answer.reason}`;
}

function parseSettings(text: string) {
  try {
    return settingsSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new PlatformError('prerequisite', `go env said nothing usable: ${messageOf(error)}`, { cause: error });
  }
}
