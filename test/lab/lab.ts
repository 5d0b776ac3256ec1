import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { findEngine, engineOf, missingEngine } from '../../src/containers/find-engine.js';
import type { ContainerEngine } from '../../src/containers/engine.js';
import { systemProcesses } from '../../src/process.js';

const processes = systemProcesses();
const state = await findEngine(processes);

/** Why there are no tests on real clusters; `undefined` where a container engine answers. */
export const withoutEngine = state.status === 'running' ? undefined : missingEngine(state).message;

export const engine: () => Promise<ContainerEngine> = engineOf(processes);

/**
 * A site without internet: a folder with `charts/` and `manifests/calico.yaml`, while the images of both lie in the
 * engine's store under their public names. Without one everything comes from where it is published.
 */
export const site =
  process.env['PLATFORM_LAB'] ?? join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'platform-lab');

export const isOffline = existsSync(join(site, 'manifests', 'calico.yaml'));

const basic = /^(calico\/|quay\.io\/jetstack\/|registry\.k8s\.io\/metrics-server\/|traefik:v)/;

/** What a site without internet does once: puts the public images that nodes pull into its own registry. */
export async function publish(registry: string, wanted = basic): Promise<void> {
  if (!isOffline) return;
  const docker = (...args: string[]) => processes.run('docker', args);
  const { stdout } = await docker('images', '--format', '{{.Repository}}:{{.Tag}}');
  for (const image of stdout.split('\n').filter((one) => wanted.test(one))) {
    const name = `${registry}/${hostOf(image)}${image}`;
    await docker('tag', image, name);
    await docker('push', '--quiet', name);
    await docker('rmi', name);
  }
}

/** What a short name leaves out. */
function hostOf(image: string): string {
  if (/^[^/]+\.[^/]+\//.test(image)) return '';
  return image.includes('/') ? 'docker.io/' : 'docker.io/library/';
}

/** Where public charts come from; `undefined` for their publishers. */
export const charts = isOffline ? (process.env['PLATFORM_LAB_CHARTS'] ?? join(site, 'charts')) : undefined;

/** The ingress needs the chart of Traefik, which a site may not have. */
export const withoutTraefik =
  charts === undefined || existsSync(join(charts, 'traefik'))
    ? undefined
    : `there is no chart of traefik in ${charts} (PLATFORM_LAB_CHARTS names another folder)`;
