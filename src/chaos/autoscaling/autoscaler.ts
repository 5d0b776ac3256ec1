import { z } from 'zod';
import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { WorkloadTarget } from '../drill.js';
import { refersTo } from '../target.js';

const policy = z.object({ type: z.enum(['Pods', 'Percent']), value: z.int(), periodSeconds: z.int().positive() });

const rules = z.object({
  stabilizationWindowSeconds: z.int().optional(),
  selectPolicy: z.enum(['Max', 'Min', 'Disabled']).optional(),
  policies: z.array(policy).optional(),
});

const resource = z.object({ name: z.string() });

const condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().optional(),
});

const autoscalerSchema = z.object({
  metadata: z.object({ namespace: z.string(), name: z.string(), uid: z.string() }),
  spec: z.object({
    scaleTargetRef: z.object({ apiVersion: z.string(), kind: z.string(), name: z.string() }),
    minReplicas: z.int().default(1),
    maxReplicas: z.int(),
    metrics: z
      .array(
        z.object({
          type: z.string(),
          resource: resource
            .extend({ target: z.object({ type: z.string(), averageUtilization: z.int().optional() }) })
            .optional(),
        }),
      )
      .default([]),
    behavior: z.object({ scaleUp: rules.optional(), scaleDown: rules.optional() }).optional(),
  }),
  status: z
    .object({
      currentReplicas: z.int().default(0),
      desiredReplicas: z.int().default(0),
      lastScaleTime: z.iso.datetime().nullish(),
      currentMetrics: z
        .array(
          z.object({
            type: z.string(),
            resource: resource.extend({ current: z.object({ averageUtilization: z.int().optional() }) }).optional(),
          }),
        )
        .nullish(),
      conditions: z.array(condition).nullish(),
    })
    .default({ currentReplicas: 0, desiredReplicas: 0 }),
});

/** What is read of a HorizontalPodAutoscaler (autoscaling/v2). */
export type Autoscaler = z.infer<typeof autoscalerSchema>;
export type ScalingRules = z.infer<typeof rules>;

export interface AutoscalerName {
  readonly namespace: string;
  readonly name: string;
}

/** Between how many replicas it moves, and which object it is. */
export interface AutoscalerBounds {
  readonly uid: string;
  readonly minimum: number;
  readonly maximum: number;
}

/** `undefined` where there is none of this name. */
export async function findAutoscaler(
  client: Pick<ClusterClient, 'get'>,
  { namespace, name }: AutoscalerName,
  signal: AbortSignal,
): Promise<Autoscaler | undefined> {
  const found = await client.get<unknown>(autoscalerPath({ namespace, name }), signal);
  return found === undefined ? undefined : autoscalerSchema.parse(found);
}

/** All of a namespace. */
export async function listAutoscalers(
  client: Pick<ClusterClient, 'list'>,
  namespace: string,
  signal: AbortSignal,
): Promise<readonly Autoscaler[]> {
  const found = await client.list(collectionIn(namespace), {}, signal);
  return found.map((one) => autoscalerSchema.parse(one));
}

/** Those that scale a workload. */
export async function autoscalersOf(
  target: WorkloadTarget,
  client: Pick<ClusterClient, 'list'>,
  signal: AbortSignal,
): Promise<readonly Autoscaler[]> {
  const all = await listAutoscalers(client, target.namespace, signal);
  return all.filter(({ spec }) => refersTo(spec.scaleTargetRef, target));
}

/** @throws PlatformError `conflict` where there is none of this name. */
export async function readAutoscaler(
  client: Pick<ClusterClient, 'get'>,
  { namespace, name }: AutoscalerName,
  signal: AbortSignal,
): Promise<Autoscaler> {
  const found = await findAutoscaler(client, { namespace, name }, signal);
  if (found) return found;
  throw new PlatformError('conflict', `there is no autoscaler ${name} in ${namespace}`, {
    suggestions: [`kubectl get horizontalpodautoscalers --namespace ${namespace}`],
  });
}

export function autoscalerPath({ namespace, name }: AutoscalerName): string {
  return `${collectionIn(namespace)}/${name}`;
}

function collectionIn(namespace: string): string {
  return `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
}

export function boundsOf({ metadata: { uid }, spec: { minReplicas, maxReplicas } }: Autoscaler): AutoscalerBounds {
  return { uid, minimum: minReplicas, maximum: maxReplicas };
}

/** Percent of the requested processor time that the pods use on average, and that they are held to, where it counts. */
export function cpuOf({ spec, status }: Autoscaler): { readonly current?: number; readonly target?: number } {
  const wanted = spec.metrics.find(({ resource: found }) => found?.name === 'cpu')?.resource;
  const measured = status.currentMetrics?.find(({ resource: found }) => found?.name === 'cpu')?.resource;
  const { averageUtilization: target } = wanted?.target ?? {};
  const { averageUtilization: current } = measured?.current ?? {};
  return { ...(current !== undefined && { current }), ...(target !== undefined && { target }) };
}
