import type { Change, Intent } from '../../../assets/apps/src/reaper/intent.js';

const postgres = '/apis/apps/v1/namespaces/app-services/statefulsets/postgres';

/** Of the StatefulSet postgres, from 1 replica to 0. */
export const scaledToZero = {
  type: 'scale',
  path: postgres,
  uid: 'uid-postgres',
  subject: 'statefulset/postgres in app-services',
  from: 1,
  to: 0,
} as const satisfies Change;

export const scalePath = `${postgres}/scale`;

/** The answer of the scale subresource, which leaves a 0 out. */
export const scaleOf = (replicas: number, uid = 'uid-postgres') => ({
  metadata: { name: 'postgres', uid },
  spec: replicas === 0 ? {} : { replicas },
});

export const cut = {
  type: 'object',
  path: '/apis/networking.k8s.io/v1/namespaces/app-services/networkpolicies/drill-a1',
  subject: 'networkpolicy/drill-a1 in app-services',
} as const satisfies Change;

export const rolePath = '/apis/rbac.authorization.k8s.io/v1/namespaces/app-services/roles/drill-a1';

export function intentOf(changes: readonly Change[], given: Partial<Intent> = {}): Intent {
  return {
    version: 1,
    run: 'a1',
    drill: 'db-down',
    environment: 'shop',
    owner: 'ann@build-7/7',
    startedAt: '2026-11-21T12:00:00Z',
    expireAfterSeconds: 30,
    restoreCommand: 'platform chaos restore a1',
    changes,
    grants: [rolePath],
    ...given,
  };
}
