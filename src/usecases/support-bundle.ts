import type { ClusterProvider } from '../clusters/cluster.js';
import type { Environment } from '../environment/environment.js';
import { messageOf } from '../errors.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import type { Network } from '../network.js';
import type { Ports } from '../ports.js';
import { writeArchive } from '../support-bundle/archive.js';
import { clusterParts } from '../support-bundle/cluster-parts.js';
import { environmentParts } from '../support-bundle/environment-parts.js';
import { knownSecrets } from '../support-bundle/known-secrets.js';
import { machineParts } from '../support-bundle/machine-parts.js';
import type { Entry, Part } from '../support-bundle/part.js';
import { createScrubber, type Scrubber } from '../support-bundle/scrub.js';
import type { Toolchain } from '../toolchain/toolchain.js';
import { doctor } from './doctor.js';

export interface SupportBundleOptions {
  readonly environment: Environment;
  readonly provider: Pick<ClusterProvider, 'name' | 'simulation' | 'tools' | 'inspect' | 'logs'>;
  readonly view: ClusterView;
  readonly toolchain: Pick<Toolchain, 'find' | 'pins'>;
  readonly network: Network;
  readonly ports: Pick<Ports, 'processes' | 'clock' | 'paths' | 'variables'>;
  /** The environment's folder under the state directory. */
  readonly stateFolder: string;
  /** Where the bundle is written. */
  readonly folder: string;
}

export interface SupportBundle {
  readonly path: string;
  readonly bytes: number;
  /** Files in it, sorted. */
  readonly entries: readonly string[];
  /** Parts that could not be collected; also in its `errors.txt`. */
  readonly missing: readonly { readonly part: string; readonly reason: string }[];
}

/**
 * Collects what somebody else needs to understand a problem into one archive, with the secrets taken out. Whatever
 * cannot be collected is named in it instead.
 */
export async function supportBundle(options: SupportBundleOptions): Promise<SupportBundle> {
  const { environment, ports, folder } = options;
  const scrubber = createScrubber(knownSecrets(environment, ports.variables));
  const collected = await Promise.all(partsOf(options).map((part) => collect(part, scrubber)));
  const missing = collected.flatMap((result) => ('reason' in result ? [result] : []));
  const errors = missing.map(({ part, reason }) => `${part}: ${reason}\n`).join('');
  const entries = [
    ...collected.flatMap((result) => ('entries' in result ? result.entries : [])),
    ...(errors ? [{ path: 'errors.txt', content: errors }] : []),
  ];
  const name = `platform-support-${environment.name}-${timestamp(ports.clock.now())}`;
  const archive = await writeArchive({ folder, name }, entries, scrubber, ports.processes);
  return { ...archive, entries: entries.map(({ path }) => path).sort(), missing };
}

/** Everything that is in the bundle. */
function partsOf(options: SupportBundleOptions): Part[] {
  const { environment, provider, view, toolchain, stateFolder } = options;
  return [
    ...machineParts(toolchain, stateFolder),
    ...environmentParts(environment),
    ...clusterParts(provider, view),
    { name: 'doctor', collect: async () => [{ path: 'doctor.json', content: await doctor(options) }] },
  ];
}

async function collect(
  { name, collect: read }: Part,
  scrubber: Scrubber,
): Promise<{ readonly entries: readonly Entry[] } | { readonly part: string; readonly reason: string }> {
  try {
    return { entries: await read() };
  } catch (error) {
    return { part: name, reason: scrubber.text(messageOf(error)) };
  }
}

/** `20261121T104500Z`: sorts by time, and no file system minds it. */
function timestamp(now: number): string {
  return new Date(now)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
}
