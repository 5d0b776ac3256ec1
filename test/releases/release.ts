import type { Release } from '../../src/environment/environment.js';
import type { Contents } from '../../src/releases/contents/contents.js';
import { catalogueEntrySchema, type CatalogueEntry } from '../../src/releases/catalogue.js';

/** A release of the public chart `charts.example.org/<name>` in the namespace `shop`. */
export function release(name: string, more: Partial<Release> = {}): Release {
  return {
    name,
    namespace: 'shop',
    chart: { from: 'repository', repository: 'https://charts.example.org', name, version: '1.2.3' },
    needs: [],
    values: [],
    ...more,
  };
}

/** What the catalogue would know about it. */
export function catalogueEntry(name: string, more: object = {}): CatalogueEntry {
  return catalogueEntrySchema.parse({
    apiVersion: 'platform/v1alpha1',
    kind: 'CatalogueEntry',
    chart: { repository: 'https://charts.example.org', name, version: '1.2.3' },
    namespace: 'shop',
    ...more,
  });
}

/** What a chart puts into a cluster that renders to nothing. */
export const emptyContents: Contents = {
  definitions: [],
  uses: [],
  resources: [],
  images: [],
  webhooks: [],
  apiServices: [],
  workloads: [],
  loadBalancers: [],
  unknownValues: [],
};
