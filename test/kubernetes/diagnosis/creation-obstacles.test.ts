import { describe, expect, it } from 'vitest';
import { creationObstacle } from '../../../src/kubernetes/diagnosis/creation-obstacles.js';
import { event } from './surroundings.js';

describe('a pod that cannot be created', () => {
  it.each([
    [
      'Error creating: pods "migrate-5vk6d" is forbidden: exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0',
      20_000,
      'raise ResourceQuota/small of namespace shop, or ask for less',
    ],
    [
      'Error creating: pods "web-x" is forbidden: failed quota: small: must specify limits.cpu for: main; limits.memory for: main',
      20_000,
      'set the requests and limits that ResourceQuota/small of namespace shop asks for',
    ],
    [
      'Error creating: pods "web-x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
      10_000,
      'let the pods meet the Pod Security level restricted of namespace shop, or give the namespace another level, with a reason',
    ],
    [
      'Error creating: admission webhook "policy.example.org" denied the request: no latest tags',
      10_000,
      'correct what the webhook policy.example.org refuses',
    ],
    [
      'Error creating: Internal error occurred: failed calling webhook "inject.example.org": failed to call webhook: Post "https://a.b.svc:443/x": no endpoints available',
      60_000,
      'see why the webhook inject.example.org does not answer: its release has to be ready first',
    ],
    [
      'Error creating: pods "web-" is forbidden: error looking up service account shop/web: serviceaccount "web" not found',
      60_000,
      'create ServiceAccount/web in namespace shop, or correct its name',
    ],
    ['Error creating: no PriorityClass with name high was found', 10_000, 'correct what the message names'],
  ])('is told with what helps: %s', (message, patienceMs, suggestion) => {
    expect(creationObstacle(event('Job/migrate', 'FailedCreate', message))).toEqual({
      object: 'Job/migrate',
      reason: 'FailedCreate',
      message,
      fatal: true,
      patienceMs,
      suggestion,
    });
  });
});
