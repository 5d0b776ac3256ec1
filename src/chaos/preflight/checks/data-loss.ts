import type { Fault } from '../../drill.js';
import type { Finding } from '../../record.js';
import { orLose } from '../../faults/drained-node.js';
import { targetOf, targetSubject } from '../../target.js';
import { controllerOf, podSubject, type Pod, type PodSpec } from '../../workload/pod.js';
import type { TargetObject } from '../../workload/workload.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';

const check = 'data-loss';

/** Images of programs whose pods are nothing without their data; not those that measure, show or manage them. */
const databases =
  /(^|[/-])(postgres|postgresql|timescaledb?|mysql|mariadb|percona|mongo|mongodb|redis|valkey|elasticsearch|opensearch|cassandra|scylla|kafka|rabbitmq|nats|etcd|zookeeper|minio|clickhouse|cockroach|cockroachdb|influxdb|neo4j|couchdb|vault|consul)(-(server|community-server|enterprise-server|ha|cluster|stack|repmgr))?(:|@|$)/;
/** Where programs keep what is to last; anything else in an emptyDir is a scratch file. */
const lasting = /^\/(data|bitnami|srv)(\/|$)|^\/var\/(lib|opt)(\/|$)|\/data$/;

/** Whether pods that go would take data along: then the drill must not run. */
export const checkDataLoss: Check = (drill, facts) => {
  const target = targetOf(drill.fault);
  const object = answerOf(facts.target)?.object;
  const onNode = answerOf(facts.node)?.pods ?? [];
  if (!removesPods(drill.fault)) return [];
  const findings = [
    ...(target && object ? lossesOf(targetSubject(target), object, drill.fault) : []),
    ...onNode.flatMap((pod) => lossOfPod(pod, drill.fault)),
  ];
  if (findings.length > 0 || !(object ?? facts.node)) {
    return endsConnections(drill.fault) ? findings.map(orKeepConnections) : findings;
  }
  return [{ check, level: 'ok', message: 'no data is lost with the pods that go' }];
};

function removesPods(fault: Fault): boolean {
  return ['scale', 'kill', 'drain'].includes(fault.type) || endsConnections(fault);
}

function endsConnections(fault: Fault): boolean {
  return fault.type === 'cut' && fault.connections === 'end';
}

function orKeepConnections(finding: Finding): Finding {
  return { ...finding, fix: [...(finding.fix ?? []), 'or leave its pods alone: `connections: keep` in the fault'] };
}

function lossesOf(subject: string, { kind, spec }: TargetObject, fault: Fault): readonly Finding[] {
  const { replicas = 1, persistentVolumeClaimRetentionPolicy, volumeClaimTemplates = [], template } = spec;
  const fewer = fault.type === 'scale' && fault.replicas < replicas;
  if (fault.type === 'scale' && !fewer) return [];
  if (fewer && persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete') {
    return [
      refusal(
        `scaling ${subject} down deletes its volumes: persistentVolumeClaimRetentionPolicy.whenScaled is Delete`,
        ['set whenScaled: Retain first'],
      ),
    ];
  }
  const lost = lastingInPod(template.spec);
  if (lost !== undefined) return [losing(`${subject} keeps ${lost}, which goes with its pod`, fault)];
  if (volumeClaimTemplates.length > 0 || hasClaim(template.spec)) return [];
  if (isDatabase(template.spec)) return [refusal(`${subject} is a database ${unclaimed}: its data goes with its pod`)];
  return kind === 'StatefulSet' ? [unclaimedPods(subject, fault)] : [];
}

/** Whether pods with an identity of their own keep anything, only the author of the drill knows. */
function unclaimedPods(subject: string, fault: Fault): Finding {
  const message = `${subject} is ${unclaimed}: what its pods keep is lost with them`;
  if (mayLose(fault)) return { check, level: 'warning', link: 'fault', message };
  const fix = [...outlive, 'or, where they keep nothing, run it with --anyway'];
  return { check, level: 'weakness', link: 'fault', message, fix };
}

// What the target itself is was said by its template; here are its neighbours.
function lossOfPod(pod: Pod, fault: Fault): readonly Finding[] {
  const subject = podSubject(pod);
  const { spec } = pod;
  if (!controllerOf(pod)) return [refusal(`${subject} belongs to nothing that would make it again`)];
  const lost = lastingInPod(spec);
  if (lost !== undefined) return [losing(`${subject} keeps ${lost}, which goes with it`, fault)];
  return isDatabase(spec) && !hasClaim(spec)
    ? [refusal(`${subject} is a database ${unclaimed}: its data goes with it`)]
    : [];
}

function losing(message: string, fault: Fault): Finding {
  if (mayLose(fault)) return { check, level: 'warning', link: 'fault', message };
  return refusal(message, fault.type === 'drain' ? [...outlive, orLose] : outlive);
}

function mayLose(fault: Fault): boolean {
  return fault.type === 'drain' && fault.deleteEmptyDirData === true;
}

const outlive = ['give it a volume that outlives its pods'];
const unclaimed = 'without a PersistentVolumeClaim';

function refusal(message: string, fix: readonly string[] = outlive): Finding {
  return { check, level: 'refused', link: 'fault', message, fix };
}

function isDatabase({ containers }: PodSpec): boolean {
  return containers.some(({ image = '' }) => databases.test(image));
}

/** A generic ephemeral volume has a claim, too, but that belongs to its pod and is deleted with it. */
function hasClaim({ volumes = [] }: PodSpec): boolean {
  return volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim);
}

/** `/data in an emptyDir`: what should last and does not; a mount within it may be a volume that does. */
function lastingInPod({ containers, volumes = [] }: PodSpec): string | undefined {
  const lost = new Map(volumes.map((volume) => [volume.name, lostWithPod(volume)]));
  const found = containers
    .flatMap(({ volumeMounts = [] }) => volumeMounts.map((mount) => ({ ...mount, others: volumeMounts })))
    .filter(({ name, mountPath }) => lost.get(name) !== undefined && lasting.test(mountPath))
    .find(({ mountPath, others }) => !others.some((other) => other.mountPath.startsWith(`${mountPath}/`)));
  return found && `${found.mountPath} in ${lost.get(found.name) ?? ''}`;
}

function lostWithPod({ emptyDir, ephemeral }: NonNullable<PodSpec['volumes']>[number]): string | undefined {
  if (ephemeral) return 'an ephemeral volume';
  return emptyDir && emptyDir.medium !== 'Memory' ? 'an emptyDir' : undefined;
}
