import type { Manifest } from '../charts/helm.js';

interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seccompProfile?: { readonly type: string };
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
}

interface PodSpec {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: SecurityContext;
  readonly volumes?: readonly { readonly hostPath?: object }[];
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Container {
  readonly securityContext?: SecurityContext;
  readonly ports?: readonly { readonly hostPort?: number }[];
}

/** The strictest level of the Pod Security standards that all pods of a workload or Job keep. */
export function podSecurityLevel(objects: readonly Manifest[]): 'restricted' | 'baseline' | 'privileged' {
  const pods = objects.flatMap(({ spec }) => {
    const pod = (spec as { template?: { spec?: PodSpec } } | undefined)?.template?.spec;
    return pod ? [pod] : [];
  });
  if (!pods.every(isBaseline)) return 'privileged';
  return pods.every(isRestricted) ? 'restricted' : 'baseline';
}

function isBaseline(pod: PodSpec): boolean {
  const sharesHost = pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC ?? false;
  return (
    !sharesHost &&
    !pod.volumes?.some(({ hostPath }) => hostPath) &&
    containersOf(pod).every(
      ({ securityContext = {}, ports }) => !securityContext.privileged && !ports?.some(({ hostPort }) => hostPort),
    )
  );
}

function isRestricted(pod: PodSpec): boolean {
  const common = pod.securityContext ?? {};
  return containersOf(pod).every(
    ({ securityContext: own = {} }) =>
      own.allowPrivilegeEscalation === false &&
      own.capabilities?.drop?.includes('ALL') === true &&
      (own.runAsNonRoot ?? common.runAsNonRoot) === true &&
      (own.runAsUser ?? common.runAsUser) !== 0 &&
      ['RuntimeDefault', 'Localhost'].includes((own.seccompProfile ?? common.seccompProfile)?.type ?? ''),
  );
}

function containersOf({ containers, initContainers = [] }: PodSpec): readonly Container[] {
  return [...containers, ...initContainers];
}
