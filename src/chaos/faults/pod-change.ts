import type { Change } from '../../../assets/apps/src/reaper/intent.js';
import { controllerPath, podPath, podSubject, type Pod } from '../workload/pod.js';

/** A pod that goes, and what makes a new one. */
export function podChange(pod: Pod): Change {
  const controller = controllerPath(pod);
  return {
    type: 'pods',
    path: podPath(pod),
    uid: pod.metadata.uid ?? '',
    subject: podSubject(pod),
    ...(controller !== undefined && { controller }),
  };
}
