import type { Clock } from '../../clock.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { readWorkload } from '../../kubernetes/workloads.js';
import type { WorkloadTarget } from '../drill.js';
import type { TargetSample } from '../record.js';
import { targetPath, targetSubject } from '../target.js';
import type { TargetObject } from '../workload/workload.js';
import type { Ledger } from './ledger.js';
import { readyEndpoints } from './target-endpoints.js';
import type { Watcher } from './watcher.js';

/** Also where nothing changes, so that it is known that somebody looked. */
const sampleAtLeastEveryMs = 10_000;

interface Sources {
  readonly client: Pick<ClusterClient, 'get' | 'list'>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** The replicas that the drill sets; others are somebody else's. `undefined` where others may set them. */
  readonly replicas?: number;
  /** Those of before the drill; without it those that are seen first. */
  readonly original?: number;
}

/** What a drill acts on: its replicas and ready pods, and whether its Services lead anywhere. */
export function watchTarget(target: WorkloadTarget, { client, ledger, clock, replicas, original }: Sources): Watcher {
  const { kind, namespace } = target;
  const subject = targetSubject(target);
  let first: { readonly uid: string | undefined; readonly wanted: number } | undefined;
  let last: TargetSample | undefined;
  const tellOnce = (message: string, key: string) => {
    const known = ledger.observations.incidents.some((incident) => incident.message === message);
    if (!known) ledger.put('incidents', { at: clock.now(), message }, `target/${key}`);
  };

  return {
    name: 'target',
    who: 'api-server',
    everyMs: 500,
    async look(signal) {
      const owner = await client.get<TargetObject>(targetPath(target), signal);
      if (!owner) {
        tellOnce(first ? `${subject} was deleted` : `${subject} does not exist`, 'absence');
        return;
      }
      const { wanted, ready } = readWorkload(kind === 'deployment' ? 'Deployment' : 'StatefulSet', owner);
      const podLabels = owner.spec.template.metadata?.labels ?? {};
      const endpoints = await readyEndpoints(client, namespace, podLabels, signal);
      const sample = { at: clock.now(), wanted, ready, ...(endpoints !== undefined && { endpoints }) };

      first ??= { uid: owner.metadata.uid, wanted };
      if (owner.metadata.uid !== first.uid) tellOnce(`${subject} was replaced by another one`, 'replacement');
      if (replicas !== undefined && ![original ?? first.wanted, replicas].includes(wanted)) {
        tellOnce(`somebody else set ${subject} to ${String(wanted)} replicas`, `replicas/${String(wanted)}`);
      }
      if (isNews(sample, last)) ledger.put('target', sample);
      last = isNews(sample, last) ? sample : last;
    },
  };
}

function isNews(sample: TargetSample, last: TargetSample | undefined): boolean {
  return (
    last === undefined ||
    sample.at - last.at >= sampleAtLeastEveryMs ||
    sample.wanted !== last.wanted ||
    sample.ready !== last.ready ||
    sample.endpoints !== last.endpoints
  );
}
