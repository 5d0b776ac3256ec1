import { z } from 'zod';
import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';

const policy = z.object({ type: z.enum(['Pods', 'Percent']), value: z.int(), periodSeconds: z.int().positive() });

const rules = z.object({
  stabilizationWindowSeconds: z.int().optional(),
  selectPolicy: z.enum(['Max', 'Min', 'Disabled']).optional(),
  policies: z.array(policy).optional(),
});

const resource = z.object({ name: z.string() });

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
          resource: resource.extend({ target: z.object({ averageUtilization: z.int().optional() }) }).optional(),
        }),
      )
      .default([]),
    behavior: z.object({ scaleUp: rules.optional(), scaleDown: rules.optional() }).optional(),
  }),
  status: z
    .object({
      currentReplicas: z.int().default(0),
      desiredReplicas: z.int().default(0),
      currentMetrics: z
        .array(
          z.object({
            type: z.string(),
            resource: resource.extend({ current: z.object({ averageUtilization: z.int().optional() }) }).optional(),
          }),
        )
        .nullish(),
      conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() })).nullish(),
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
  const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${name}`;
  const found = await client.get<unknown>(path, signal);
  return found === undefined ? undefined : autoscalerSchema.parse(found);
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
