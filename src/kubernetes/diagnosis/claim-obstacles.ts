import { obstacle, shortPatienceMs, type Obstacle } from './obstacle.js';
import type { Claim, Pod, Surroundings } from './surroundings.js';

/** Milliseconds that a cause of an unbound claim is given; one that is not named here is no reason to stop. */
const patienceMs: Readonly<Record<string, number>> = {
  FailedBinding: shortPatienceMs,
  ProvisioningFailed: 60_000,
  // A driver in the cloud takes up to a minute for a volume; one that is not there takes for ever.
  ExternalProvisioning: 120_000,
};
/** Somebody else may be about to create it. */
const absentPatienceMs = 30_000;

/** The claims of a pod that have no volume, with their class and the cluster's own words on it. */
export async function claimObstacles(pod: Pod, surroundings: Surroundings): Promise<Obstacle[]> {
  const namespace = pod.metadata.namespace ?? 'default';
  const names = (pod.spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (ephemeral) return [`${pod.metadata.name}-${name}`];
    return persistentVolumeClaim ? [persistentVolumeClaim.claimName] : [];
  });
  const found = names.map(async (name) => {
    const claim = await surroundings.claim(namespace, name);
    return claim?.status?.phase === 'Bound' ? [] : [await claimObstacle(namespace, name, claim, surroundings)];
  });
  return (await Promise.all(found)).flat();
}

async function claimObstacle(
  namespace: string,
  name: string,
  claim: Claim | undefined,
  surroundings: Surroundings,
): Promise<Obstacle> {
  const object = `PersistentVolumeClaim/${name}`;
  if (!claim) {
    const suggestion = `create ${object} in namespace ${namespace}, or correct the name of the claim`;
    return obstacle(object, 'NotFound', 'there is no such claim', {
      fatal: true,
      patienceMs: absentPatienceMs,
      suggestion,
    });
  }
  const events = await surroundings.events(namespace);
  const event = events.findLast((candidate) => candidate.object === object && candidate.reason in patienceMs);
  const storageClass = claim.spec?.storageClassName;
  const about = storageClass ? `class ${storageClass}` : 'no class';
  if (!event) return obstacle(object, 'Pending', `${about}: it has no volume yet`);
  const isUnknownClass = /storageclass.* not found/i.test(event.message);
  return obstacle(object, event.reason, `${about}: ${event.message}`, {
    fatal: true,
    patienceMs: isUnknownClass ? shortPatienceMs : (patienceMs[event.reason] ?? shortPatienceMs),
    suggestion:
      event.reason === 'ExternalProvisioning'
        ? 'check that the driver which the storage class names is installed and runs'
        : await classSuggestion(surroundings),
  });
}

async function classSuggestion(surroundings: Surroundings): Promise<string> {
  const classes = (await surroundings.storageClasses()).map(({ metadata }) =>
    metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
      ? `${metadata.name} (the default)`
      : metadata.name,
  );
  if (classes.length === 0) return 'install a storage driver and a storage class: the cluster has none';
  return `use a storage class that can make the volume; the cluster has ${classes.join(', ')}`;
}
