import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { asset } from '../../src/paths.js';
import { catalogueNames, readCatalogueEntry } from '../../src/releases/catalogue.js';
import { helm, only, rendered, serviceChart, skipWithoutHelm } from './helm.js';

/** Of each release of our own chart: its files for one target, from the weakest to the strongest. */
async function valuesFiles(target: 'local' | 'aws'): Promise<[release: string, namespace: string, files: string[]][]> {
  const found: [string, string, string[]][] = [];
  for (const release of await catalogueNames()) {
    const entry = await readCatalogueEntry(release);
    if (!entry || !('bundled' in entry.chart)) continue;
    const folder = asset('helm-values', release);
    const present = await readdir(folder);
    const files = ['values.yaml', `${target}.yaml`].filter((file) => present.includes(file));
    found.push([release, entry.namespace, files.map((file) => join(folder, file))]);
  }
  return found;
}

describe.each(['local', 'aws'] as const)('values of our own releases on %s', (target) => {
  beforeEach(skipWithoutHelm);

  it('are accepted by the schema and by a strict lint', async () => {
    const releases = await valuesFiles(target);
    expect(releases.map(([release]) => release).sort()).toEqual(['api', 'auth', 'images', 'postgres', 'webportal']);
    for (const [release, namespace, files] of releases) {
      const { stdout, stderr, exitCode } = await helm([
        'lint',
        '--strict',
        serviceChart,
        '--namespace',
        namespace,
        ...files.flatMap((file) => ['--values', file]),
      ]);
      expect(exitCode, `${release}: ${stdout}${stderr}`).toBe(0);
    }
  });
});

describe('traffic between our own releases', () => {
  beforeEach(skipWithoutHelm);

  it('is allowed on both sides or on none', async () => {
    const incoming = new Set<string>();
    const outgoing = new Set<string>();
    const ours = await valuesFiles('local');
    for (const [release, namespace, files] of ours) {
      const objects = await rendered(release, serviceChart, {
        namespace,
        args: files.flatMap((file) => ['--values', file]),
      });
      const spec = only(objects, 'NetworkPolicy')['spec'] as Policy;
      const self = `${namespace}/${release}`;
      for (const peer of (spec.ingress ?? []).flatMap(({ from }) => from)) incoming.add(`${nameOf(peer)} → ${self}`);
      for (const peer of (spec.egress ?? []).flatMap(({ to }) => to)) outgoing.add(`${self} → ${nameOf(peer)}`);
    }
    const names = new Set(ours.map(([release, namespace]) => `${namespace}/${release}`));
    const between = (edges: Set<string>) =>
      [...edges].filter((edge) => edge.split(' → ').every((end) => names.has(end))).sort();
    expect(between(incoming)).toEqual(between(outgoing));
    expect(between(incoming)).toEqual([
      'app-services/api → app-services/auth',
      'app-services/api → app-services/images',
      'app-services/api → app-services/postgres',
      'app-services/auth → app-services/postgres',
      'app-services/images → app-services/postgres',
      'frontend-service/webportal → app-services/api',
    ]);
  });
});

interface Peer {
  readonly namespaceSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
}

interface Policy {
  readonly ingress?: readonly { readonly from: readonly Peer[] }[];
  readonly egress?: readonly { readonly to: readonly Peer[] }[];
}

function nameOf({ namespaceSelector, podSelector }: Peer): string {
  const namespace = namespaceSelector.matchLabels['kubernetes.io/metadata.name'] ?? '';
  return `${namespace}/${podSelector.matchLabels['app.kubernetes.io/name'] ?? ''}`;
}

describe('values files', () => {
  it('have a known name and are never empty', async () => {
    for (const release of await catalogueNames()) {
      for (const file of (await readdir(asset('helm-values', release))).filter((name) => name !== 'release.yaml')) {
        expect(['values.yaml', 'local.yaml', 'aws.yaml'], `${release}/${file}`).toContain(file);
        expect((await readFile(asset('helm-values', release, file), 'utf8')).trim(), `${release}/${file}`).not.toBe('');
      }
    }
  });
});
