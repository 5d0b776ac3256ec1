import type { Fault } from '../drill.js';
import { targetSubject } from '../target.js';
import type { Effect, SeriesEffect } from './effect.js';
import { goneWith, silencedBy } from './pod-effects.js';
import { podsThatGo } from './pods-that-go.js';
import type { Surroundings } from './surroundings.js';
import { autoscalersOff, dipsOf, noEndpoints, replicasBecome } from './workload-effects.js';

/**
 * What a fault does to series; pure. A replaced pod counts as the same one: what is measured in its successor goes on
 * under its name.
 */
export function effectOf(fault: Fault, around: Surroundings): Effect {
  const subject = eventOf(fault);
  const going = podsThatGo(fault, around);
  switch (fault.type) {
    case 'scale': {
      const { target, replicas } = fault;
      const series = [...goneWith(going, { type: 'gone' }), ...replicasBecome(target, replicas, around.pods)];
      const atZero = [...noEndpoints(around.services), ...autoscalersOff(around.autoscalers)];
      return { subject, namespace: target.namespace, series: replicas === 0 ? [...series, ...atZero] : series };
    }
    case 'kill':
      return { subject, namespace: fault.target.namespace, series: brieflyWithout(going) };
    case 'drain': {
      const namespace = typeof fault.node === 'string' ? undefined : fault.node.namespace;
      return { subject, namespace, series: [...cordoned(around.node), ...brieflyWithout(going)] };
    }
    case 'cut': {
      // The kubelet still reaches the pods, so they stay ready; what they cannot reach only their users can tell.
      const series = fault.direction === 'egress' ? [] : silencedBy(around.pods);
      return { subject, namespace: fault.target.namespace, series };
    }
    case 'load': {
      const unknown = 'what a load does to answer times and processor time is not known beforehand';
      return { subject, namespace: fault.target.namespace, series: [], unknown };
    }
  }
}

/** What a fault is, for people: `statefulset/postgres in app-services is scaled to 0`. */
export function eventOf(fault: Fault): string {
  switch (fault.type) {
    case 'scale':
      return `${targetSubject(fault.target)} is scaled to ${String(fault.replicas)}`;
    case 'kill': {
      const pods = fault.count === 'all' ? 'every pod' : fault.count === 1 ? 'a pod' : `${String(fault.count)} pods`;
      return `${targetSubject(fault.target)} loses ${pods} for a moment`;
    }
    case 'drain':
      return `the node ${typeof fault.node === 'string' ? fault.node : `of ${targetSubject(fault.node)}`} is drained`;
    case 'cut': {
      const traffic = { ingress: 'from', egress: 'to', both: 'from and to' }[fault.direction];
      return `${targetSubject(fault.target)} is cut off ${traffic} the network`;
    }
    case 'load':
      return `${targetSubject(fault.target)} is under load`;
  }
}

function cordoned(node: string | undefined): readonly SeriesEffect[] {
  if (node === undefined) return [];
  const metric = /^kube_node_spec_unschedulable$/;
  return [{ metric, labels: { node: [node] }, course: { type: 'value', value: 1 } }];
}

function brieflyWithout(going: Surroundings['pods']): readonly SeriesEffect[] {
  return [...goneWith(going, { type: 'dip', by: 'gone', forMs: replacementMs }), ...dipsOf(going, replacementMs)];
}

/** About how long a pod takes to be replaced where its image is there already. */
const replacementMs = 20_000;
