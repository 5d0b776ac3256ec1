import type { ClusterEvent } from '../cluster-events.js';
import { missingReference } from './missing-reference.js';
import { obstacle, shortPatienceMs, type Obstacle } from './obstacle.js';

/** Pods that are just ending still count for a quota. */
const quotaPatienceMs = 20_000;
/** Webhooks and accounts come with other releases. */
const othersPatienceMs = 60_000;

/** Why a controller could not create pods, in the words of its event `FailedCreate`. */
export function creationObstacle({ object, reason, message, namespace }: ClusterEvent): Obstacle {
  return obstacle(object, reason, message, { fatal: true, patienceMs: shortPatienceMs, ...judge(message, namespace) });
}

function judge(message: string, namespace: string): { readonly suggestion: string; readonly patienceMs?: number } {
  const quota = /(?:exceeded|failed) quota: ([^,:]+)/.exec(message)?.[1];
  if (quota !== undefined) {
    const isUnset = message.includes('must specify');
    const suggestion = isUnset
      ? `set the requests and limits that ResourceQuota/${quota} of namespace ${namespace} asks for`
      : `raise ResourceQuota/${quota} of namespace ${namespace}, or ask for less`;
    return { suggestion, patienceMs: quotaPatienceMs };
  }
  const level = /violates PodSecurity "(\w+)/.exec(message)?.[1];
  if (level !== undefined) {
    const suggestion = `let the pods meet the Pod Security level ${level} of namespace ${namespace}, or give the namespace another level, with a reason`;
    return { suggestion };
  }
  const denied = /admission webhook "([^"]+)" denied/.exec(message)?.[1];
  if (denied !== undefined) return { suggestion: `correct what the webhook ${denied} refuses` };
  const dead = /failed calling webhook "([^"]+)"/.exec(message)?.[1];
  if (dead !== undefined) {
    return {
      suggestion: `see why the webhook ${dead} does not answer: its release has to be ready first`,
      patienceMs: othersPatienceMs,
    };
  }
  const missing = missingReference(message, namespace);
  if (missing !== undefined) return { suggestion: missing, patienceMs: othersPatienceMs };
  return { suggestion: 'correct what the message names' };
}
