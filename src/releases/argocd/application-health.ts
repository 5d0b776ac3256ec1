import { argocdNamespace } from './application.js';

/**
 * Without this, waves of Applications order nothing: Argo CD has not looked at the health of an Application since 1.8.
 * Health alone would not do either: an Application whose objects could not all be created can be healthy for a moment,
 * so its sync must have succeeded, too.
 */
const health = `local health = { status = "Progressing", message = "not synced yet" }
if obj.status == nil or obj.status.health == nil or obj.status.health.status == nil then
  return health
end
local isSynced = obj.status.sync ~= nil and obj.status.sync.status == "Synced"
local operation = obj.status.operationState
local hasSucceeded = operation ~= nil and operation.phase == "Succeeded"
if obj.status.health.status == "Healthy" and not isSynced and not hasSucceeded then
  return health
end
health.status = obj.status.health.status
health.message = obj.status.health.message or ""
return health
`;

/** The part of Argo CD's own configuration that makes one wave wait for the health of the one before. */
export function applicationHealth(): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'argocd-cm',
      namespace: argocdNamespace,
      // Argo CD reads only what carries it.
      labels: { 'app.kubernetes.io/part-of': 'argocd' },
    },
    data: { 'resource.customizations.health.argoproj.io_Application': health },
  };
}
