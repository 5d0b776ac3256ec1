import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** Every query asks the Prometheus that the reader chose. */
export const dataSource = { type: 'prometheus', uid: '${datasource}' };

export const dataSourceVariable = () =>
  new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that is asked')
    .type('prometheus')
    // The uid that kube-prometheus-stack gives its own.
    .current({ selected: true, text: 'Prometheus', value: 'prometheus' });

interface Choice {
  readonly label: string;
  readonly description: string;
  /** The query of the values: `label_values(metric, label)`. */
  readonly values: string;
  readonly initial: string;
}

/** One value of a label. */
export const oneOf = (name: string, { label, description, values, initial }: Choice) =>
  new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(dataSource)
    .query(values)
    .definition(values)
    .current({ selected: true, text: initial, value: initial })
    .sort(VariableSort.NaturalAsc)
    .refresh(VariableRefresh.OnTimeRangeChanged);

/** Any number of values of a label, for `=~`; at first `initial`, or all of them. */
export const anyOf = (
  name: string,
  { initial, ...choice }: Omit<Choice, 'initial'> & { readonly initial?: string[] },
) =>
  oneOf(name, { ...choice, initial: '' })
    .current({ selected: true, text: initial ?? ['All'], value: initial ?? ['$__all'] })
    .multi(true)
    .includeAll(true);
