import type { ConditionedObject } from '../kubernetes/cluster-view.js';
import { labels } from '../kubernetes/objects.js';
import type { Check, Step } from '../plan/step.js';
import { poll } from '../poll.js';
import { ensureAuthority, readAuthority } from './authority.js';
import type { Certificate } from './certificate.js';
import {
  authorityId,
  connectionOf,
  noAuthorityYet,
  noClusterYet,
  type CertificateStepOptions,
} from './step-options.js';

export const issuerId = 'certificates/issuer';
/** Of the ClusterIssuer and of the Secret that it signs with. */
export const issuerName = 'platform-ca';

const release = 'cert-manager';
const collection = '/apis/cert-manager.io/v1/clusterissuers';
const digestAnnotation = 'platform.dev/authority';
const lookIntervalMs = 500;

/** The authority as cert-manager's ClusterIssuer; none where the environment has no cert-manager. */
export function issuerSteps(options: CertificateStepOptions): Step[] {
  const found = options.environment.releases.find(({ name }) => name === release);
  return found ? [issuerStep(found.namespace, options)] : [];
}

function issuerStep(namespace: string, options: CertificateStepOptions): Step {
  const { environment, view, clock, paths, leftOut, needs, ensureOwned } = options;
  const metadata = (authority: Certificate) => ({
    name: issuerName,
    labels: { [labels.environment]: environment.name },
    annotations: { [digestAnnotation]: authority.fingerprint },
  });
  return {
    id: issuerId,
    title: `issuer ${issuerName}`,
    needs: [authorityId, ...needs.issuer],
    lane: 'api',
    budgetMs: 3 * 60_000,
    estimateMs: 1_000,
    async check(): Promise<Check> {
      const omitted = leftOut(release);
      if (omitted !== undefined) return { status: 'omitted', reason: omitted };
      const authority = await readAuthority(paths);
      if (!authority) return noAuthorityYet;
      if (!(await view.connection())) return noClusterYet;
      const issuer = (await view.list(collection)).find((one) => one.metadata.name === issuerName);
      if (!issuer) return { status: 'needed', reason: 'new' };
      if (issuer.metadata.annotations?.[digestAnnotation] !== authority.fingerprint) {
        return { status: 'needed', reason: 'it signs with another authority' };
      }
      const waiting = waitingFor(issuer);
      return waiting === undefined ? { status: 'satisfied' } : { status: 'needed', reason: waiting };
    },
    async apply(context) {
      const { signal } = context;
      const authority = await ensureAuthority(paths, clock, signal);
      await ensureOwned(signal);
      const client = await connectionOf(view);
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { ...metadata(authority), namespace },
        type: 'kubernetes.io/tls',
        data: { 'tls.crt': base64(authority.pem), 'tls.key': base64(authority.key()) },
      };
      await client.apply(secret, signal);
      const path = `${collection}/${issuerName}`;
      const issuer = {
        apiVersion: 'cert-manager.io/v1',
        kind: 'ClusterIssuer',
        metadata: metadata(authority),
        spec: { ca: { secretName: issuerName } },
      };
      await client.apply(issuer, signal, { path });
      view.forget();
      return poll(signal, clock, lookIntervalMs, async () => {
        const made = await client.get<ConditionedObject>(path, signal);
        const waiting = made ? waitingFor(made) : 'not there yet';
        if (waiting === undefined) return 'Ready';
        context.progress({ message: waiting });
        return undefined;
      });
    },
  };
}

/** Why an issuer cannot issue yet, in cert-manager's own words where it has said something. */
function waitingFor({ metadata, status }: ConditionedObject): string | undefined {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready') as
    | { readonly status: string; readonly reason?: string; readonly message?: string; observedGeneration?: number }
    | undefined;
  if (!ready) return 'cert-manager has not looked at it yet';
  if ((ready.observedGeneration ?? Infinity) < (metadata.generation ?? 0)) return 'cert-manager has not seen it change';
  if (ready.status === 'True') return undefined;
  return [ready.reason, ready.message].filter(Boolean).join(': ') || `Ready is ${ready.status}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
