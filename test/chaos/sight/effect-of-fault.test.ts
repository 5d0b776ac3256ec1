import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/chaos/drill.js';
import { courseOf } from '../../../src/chaos/sight/effect.js';
import { effectOf } from '../../../src/chaos/sight/effect-of-fault.js';
import type { Surroundings } from '../../../src/chaos/sight/surroundings.js';
import { api, apiDown, aroundApi, aroundPostgres, postgres, postgresDown } from './given.js';
import { labelsOf } from './prometheus-program.js';

const course = (fault: Fault, around: Surroundings) => {
  const effect = effectOf(fault, around);
  return (series: string) => courseOf(effect, labelsOf(series));
};
const value = (number: number) => ({ type: 'value', value: number });
const gone = { type: 'gone' };

describe('scaling to zero', () => {
  it('makes every count of replicas zero, the wanted one included', () => {
    const becomes = course(postgresDown, aroundPostgres);
    const labels = '{namespace="app-services",statefulset="postgres"}';
    for (const name of [
      'replicas',
      ...['', '_ready', '_available', '_current', '_updated'].map((of) => `status_replicas${of}`),
    ])
      expect(becomes(`kube_statefulset_${name}${labels}`), name).toEqual(value(0));
    expect(becomes(`kube_statefulset_created${labels}`)).toBeUndefined();
    expect(becomes('kube_statefulset_replicas{namespace="other",statefulset="postgres"}')).toBeUndefined();
    expect(becomes('kube_statefulset_replicas{namespace="app-services",statefulset="postgres-old"}')).toBeUndefined();
    // Without honor_labels.
    expect(
      becomes(
        'kube_statefulset_replicas{namespace="monitoring",exported_namespace="app-services",statefulset="postgres"}',
      ),
    ).toEqual(value(0));
  });

  it('ends all that is measured in its pods, and what is said of them', () => {
    const becomes = course(postgresDown, aroundPostgres);
    expect(becomes('up{namespace="app-services",pod="postgres-0"}')).toEqual(gone);
    expect(becomes('pg_up{instance="10.0.0.7:9187"}')).toEqual(gone);
    expect(becomes('kube_pod_status_ready{namespace="app-services",pod="postgres-0"}')).toEqual(gone);
    expect(becomes('kube_endpointslice_endpoints{namespace="app-services",targetref_name="postgres-0"}')).toEqual(gone);
    expect(becomes('kube_endpoint_address_available{namespace="app-services",endpoint="postgres"}')).toEqual(value(0));
    expect(becomes('kube_endpoint_address{namespace="app-services",endpoint="postgres",ready="true"}')).toEqual(gone);
    expect(becomes('up{namespace="app-services",pod="postgres-exporter-0"}')).toBeUndefined();
    expect(becomes('up{instance="10.0.0.70:9187"}')).toBeUndefined();
  });

  it('leaves a Deployment none unavailable, its ReplicaSet empty and its autoscaler off', () => {
    const becomes = course(apiDown, aroundApi);
    expect(becomes('kube_deployment_status_replicas_unavailable{namespace="app-services",deployment="api"}')).toEqual(
      value(0),
    );
    expect(becomes('kube_replicaset_status_ready_replicas{namespace="app-services",replicaset="api-7d9f"}')).toEqual(
      value(0),
    );
    const autoscaler = 'namespace="app-services",horizontalpodautoscaler="api"';
    expect(becomes(`kube_horizontalpodautoscaler_status_desired_replicas{${autoscaler}}`)).toEqual(value(0));
    const active = `${autoscaler},condition="ScalingActive"`;
    expect(becomes(`kube_horizontalpodautoscaler_status_condition{${active},status="true"}`)).toEqual(value(0));
    expect(becomes(`kube_horizontalpodautoscaler_status_condition{${active},status="false"}`)).toEqual(value(1));
  });
});

describe('scaling to fewer', () => {
  it('ends the pods with the highest ordinals, or the youngest ones', () => {
    const pod = (name: string) => ({ namespace: 'app-services', name, workload: postgres });
    const around = { ...aroundPostgres, pods: ['postgres-10', 'postgres-0', 'postgres-2'].map(pod) };
    const ofSet = course({ type: 'scale', target: postgres, replicas: 2 }, around);
    expect(
      ['postgres-0', 'postgres-2', 'postgres-10'].map((name) => ofSet(`up{namespace="app-services",pod="${name}"}`)),
    ).toEqual([undefined, gone, gone]);
    const ofDeployment = course({ type: 'scale', target: api, replicas: 1 }, aroundApi);
    expect(ofDeployment('up{namespace="app-services",pod="api-7d9f-aaaaa"}')).toBeUndefined();
    expect(ofDeployment('up{namespace="app-services",pod="api-7d9f-bbbbb"}')).toEqual(gone);
    expect(ofDeployment('kube_endpoint_address_available{namespace="app-services",endpoint="api"}')).toBeUndefined();
  });
});

describe('other faults', () => {
  it('let killed pods come back in a moment', () => {
    const becomes = course({ type: 'kill', target: api, count: 1 }, aroundApi);
    expect(becomes('up{namespace="app-services",pod="api-7d9f-aaaaa"}')).toEqual({
      type: 'dip',
      by: 'gone',
      forMs: 20_000,
    });
    expect(becomes('up{namespace="app-services",pod="api-7d9f-bbbbb"}')).toBeUndefined();
    const deployment = '{namespace="app-services",deployment="api"}';
    expect(becomes(`kube_deployment_status_replicas_ready${deployment}`)).toMatchObject({ by: 1 });
    expect(becomes(`kube_deployment_status_replicas_unavailable${deployment}`)).toMatchObject({ by: -1 });
    expect(becomes(`kube_deployment_spec_replicas${deployment}`)).toBeUndefined();
  });

  it('drain a node of all that does not stay with it', () => {
    const stays = { namespace: 'monitoring', name: 'node-exporter-x', staysWithNode: true };
    const around = { ...aroundPostgres, pods: [...aroundPostgres.pods, stays], node: 'worker-1' };
    const becomes = course({ type: 'drain', node: 'worker-1' }, around);
    expect(becomes('kube_node_spec_unschedulable{node="worker-1"}')).toEqual(value(1));
    expect(becomes('kube_node_spec_unschedulable{node="worker-2"}')).toBeUndefined();
    expect(
      becomes('kube_statefulset_status_replicas_ready{namespace="app-services",statefulset="postgres"}'),
    ).toMatchObject({
      type: 'dip',
      by: 1,
    });
    expect(becomes('up{namespace="monitoring",pod="node-exporter-x"}')).toBeUndefined();
  });

  it('let targets that are cut off be down, and stay ready', () => {
    const becomes = course({ type: 'cut', target: postgres, direction: 'both', connections: 'keep' }, aroundPostgres);
    expect(becomes('up{namespace="app-services",pod="postgres-0"}')).toEqual(value(0));
    expect(becomes('pg_up{namespace="app-services",pod="postgres-0"}')).toEqual(gone);
    expect(becomes('kube_pod_status_ready{namespace="app-services",pod="postgres-0"}')).toBeUndefined();
    const outwards = course(
      { type: 'cut', target: postgres, direction: 'egress', connections: 'keep' },
      aroundPostgres,
    );
    expect(outwards('up{namespace="app-services",pod="postgres-0"}')).toBeUndefined();
  });
});
