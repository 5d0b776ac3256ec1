import type { ChartReference } from '../../environment/environment.js';

/** A chart that has to be downloaded. */
export type RemoteChart = Extract<ChartReference, { from: 'repository' | 'oci' }>;

/** A chart as a person would name it: `oci://quay.io/jetstack/charts/cert-manager v1.21.1`. */
export function describeChart(chart: ChartReference): string {
  switch (chart.from) {
    case 'bundled':
      return chart.name;
    case 'folder':
      return chart.path;
    case 'repository':
      return `${chart.repository.replace(/\/$/, '')}/${chart.name} ${chart.version}`;
    case 'oci':
      return `${chart.reference} ${chart.version}`;
  }
}

/** A URL on the host that a chart is downloaded from. */
export function hostOf(chart: RemoteChart): string {
  return chart.from === 'repository' ? chart.repository : `https://${new URL(chart.reference).host}/v2/`;
}

/** The chart where it has to be downloaded, `undefined` where it is a folder on this machine. */
export function remoteChart(chart: ChartReference): RemoteChart | undefined {
  return chart.from === 'repository' || chart.from === 'oci' ? chart : undefined;
}
