import type { CatalogueEntry } from '../../catalogue.js';
import { labels, selector } from './labels.js';

/** Selects the workload of the same name; where there is none, nobody, as long as no operator has made its pods. */
export function service(name: string, { type, ports }: CatalogueEntry['objects']['services'][string]) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels: labels(name) },
    spec: {
      type,
      selector: selector(name),
      ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number })),
    },
  };
}
