import { beforeEach, describe, expect, it } from 'vitest';
import { helm, type Manifest, only, rendered, serviceChart, skipWithoutHelm } from './helm.js';

const image = { repository: 'registry.localhost/auth', tag: 'dev' };

const everything = {
  environment: 'shop',
  image,
  imagePullSecrets: ['registry'],
  command: ['/auth'],
  args: ['serve'],
  env: { LIMIT: 10485760, VERBOSE: true, PASSWORD: { secret: 'postgres/password' } },
  envFrom: [{ secret: 'extra' }, { configMap: 'shared' }],
  files: { '/etc/auth/rules.yaml': 'allow: all\n' },
  mounts: { '/etc/ssl/platform': { configMap: 'platform-ca' } },
  writable: ['/tmp', '/cache'],
  generatedSecret: { keys: ['token'] },
  ports: { http: { port: 80, containerPort: 8080 }, metrics: { port: 9090 } },
  ingress: { hosts: ['auth.shop.localhost'] },
  probes: {
    startup: { path: '/healthz', port: 'http', failureThreshold: 60 },
    liveness: { port: 'http' },
    readiness: { command: ['/auth', 'check'], periodSeconds: 5 },
  },
  resources: { requests: { cpu: '50m', memory: '64Mi' } },
  autoscaling: {
    minReplicas: 2,
    maxReplicas: 10,
    cpu: 70,
    memory: 80,
    behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
  },
  disruptionBudget: { enabled: true },
  networkPolicy: {
    enabled: true,
    from: { webportal: { namespace: 'frontend-service', ports: ['http'] } },
    to: { postgres: { ports: [5432] }, mail: { cidr: '10.0.0.0/8' } },
  },
  serviceMonitor: { enabled: true },
  alerts: {
    AuthServiceDown: { expr: 'up == 0', for: '1m', severity: 'critical', summary: '{{ $labels.pod }} is down' },
  },
  migration: { enabled: true, command: ['/auth', 'migrate'] },
  preStopSleepSeconds: 3,
};

const render = (values: object, release = 'auth') =>
  rendered(release, serviceChart, { values, namespace: 'app-services' });
const kinds = (objects: readonly Manifest[]) => objects.map(({ kind }) => kind).sort();
const container = (expected: object) => ({
  spec: { template: { spec: { containers: [expect.objectContaining(expected)] } } },
});

describe('the chart service', () => {
  beforeEach(skipWithoutHelm);

  it('passes a strict lint as it is and with everything on', async () => {
    for (const values of [{}, everything]) {
      const { stdout, exitCode } = await helm(['lint', '--strict', serviceChart], values);
      expect(stdout).not.toContain('[WARNING]');
      expect(exitCode, stdout).toBe(0);
    }
  });

  it('needs an image and nothing else', async () => {
    expect(kinds(await render({ image }))).toEqual(['Deployment', 'ServiceAccount']);
    await expect(render({})).rejects.toThrow('image.repository is required');
    await expect(render({ image: { repository: 'a' } })).rejects.toThrow('image.tag or image.digest is required');
  });

  it('renders one object of each kind with everything on', async () => {
    expect(kinds(await render(everything))).toEqual([
      'ConfigMap',
      'ConfigMap',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Ingress',
      'Job',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'PrometheusRule',
      'Secret',
      'Service',
      'ServiceAccount',
      'ServiceMonitor',
    ]);
  });

  it('labels every object with its service, chart, version and environment', async () => {
    const objects = await render(everything);
    for (const { kind, metadata } of objects) {
      expect(metadata.labels, kind).toMatchObject({
        'app.kubernetes.io/name': 'auth',
        'app.kubernetes.io/instance': 'auth',
        'app.kubernetes.io/component': expect.any(String) as string,
        'app.kubernetes.io/managed-by': 'Helm',
        'app.kubernetes.io/version': 'dev',
        'helm.sh/chart': 'service-0.1.0',
        'platform.dev/environment': 'shop',
      });
    }
    expect(only(objects, 'Deployment')).toMatchObject({
      spec: { template: { metadata: { labels: { 'platform.dev/environment': 'shop' } } } },
    });
  });

  it('prefers the digest of an image and keeps the tag for people', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const objects = await render({ image: { ...image, digest } });
    expect(only(objects, 'Deployment')).toMatchObject(container({ image: `registry.localhost/auth:dev@${digest}` }));
  });
});

describe('pods of the chart service', () => {
  beforeEach(skipWithoutHelm);

  const podSecurity = { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } };
  const containerSecurity = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  };

  it('pass Pod Security restricted, the migration too, and get no token', async () => {
    const objects = await render(everything);
    for (const kind of ['Deployment', 'Job']) {
      expect(only(objects, kind), kind).toMatchObject({
        spec: { template: { spec: { securityContext: podSecurity, automountServiceAccountToken: false } } },
      });
      expect(only(objects, kind), kind).toMatchObject(container({ securityContext: containerSecurity }));
    }
    expect(only(objects, 'ServiceAccount')).toMatchObject({ automountServiceAccountToken: false });
  });

  it('never run as root', async () => {
    await expect(render({ image, runAs: { user: 0 } })).rejects.toThrow("at '/runAs/user'");
  });

  it('get plain variables, existing Secrets, files and writable folders', async () => {
    const objects = await render(everything);
    expect(only(objects, 'ConfigMap', 'auth-env')).toMatchObject({ data: { LIMIT: '10485760', VERBOSE: 'true' } });
    expect(only(objects, 'ConfigMap', 'auth-files')).toMatchObject({ data: { 'etc_auth_rules.yaml': 'allow: all\n' } });
    expect(only(objects, 'Deployment')).toMatchObject(
      container({
        env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'postgres', key: 'password' } } }],
        envFrom: [
          { configMapRef: { name: 'auth-env' } },
          { secretRef: { name: 'extra' } },
          { configMapRef: { name: 'shared' } },
        ],
        volumeMounts: [
          { name: 'writable-0', mountPath: '/tmp' },
          { name: 'writable-1', mountPath: '/cache' },
          { name: 'files', mountPath: '/etc/auth/rules.yaml', subPath: 'etc_auth_rules.yaml', readOnly: true },
          { name: 'mount-0', mountPath: '/etc/ssl/platform', readOnly: true },
        ],
      }),
    );
  });

  it('are replaced when a variable or a file changes, and only then', async () => {
    const checksum = async (values: object) => {
      const deployment = only(await render({ image, ...values }), 'Deployment');
      return /checksum\/config":"(\w+)"/.exec(JSON.stringify(deployment))?.[1];
    };
    const before = await checksum({ env: { A: '1' } });
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(await checksum({ env: { A: '1' }, replicas: 3 })).toBe(before);
    expect(await checksum({ env: { A: '2' } })).not.toBe(before);
    expect(await checksum({ env: { A: '1' }, files: { '/a': 'b' } })).not.toBe(before);
  });

  it('are probed by HTTP, by command or by a connection', async () => {
    expect(only(await render(everything), 'Deployment')).toMatchObject(
      container({
        startupProbe: { httpGet: { path: '/healthz', port: 'http' }, failureThreshold: 60 },
        livenessProbe: { tcpSocket: { port: 'http' } },
        readinessProbe: { exec: { command: ['/auth', 'check'] }, periodSeconds: 5 },
      }),
    );
  });

  it('leave their Service before they are asked to stop', async () => {
    expect(only(await render(everything), 'Deployment')).toMatchObject(
      container({ lifecycle: { preStop: { sleep: { seconds: 3 } } } }),
    );
  });
});

describe('autoscaling in the chart service', () => {
  beforeEach(skipWithoutHelm);

  it('leaves the number of replicas to the autoscaler', async () => {
    const objects = await render(everything);
    expect(only(objects, 'Deployment')['spec']).not.toHaveProperty('replicas');
    expect(only(objects, 'HorizontalPodAutoscaler')).toMatchObject({
      apiVersion: 'autoscaling/v2',
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'auth' },
        minReplicas: 2,
        maxReplicas: 10,
        metrics: [
          { resource: { name: 'cpu', target: { averageUtilization: 70 } } },
          { resource: { name: 'memory', target: { averageUtilization: 80 } } },
        ],
        behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
      },
    });
    expect(only(await render({ image, replicas: 3 }), 'Deployment')).toMatchObject({ spec: { replicas: 3 } });
  });

  it('refuses a target that could never be measured or reached', async () => {
    const autoscaling = { maxReplicas: 4 };
    await expect(render({ image, autoscaling })).rejects.toThrow(
      'autoscaling.cpu is a percentage of resources.requests.cpu, which is not set',
    );
    await expect(render({ image, autoscaling: { maxReplicas: 4, cpu: 0 } })).rejects.toThrow(
      'autoscaling needs a target',
    );
    await expect(render({ image, autoscaling: { maxReplicas: 1 } })).rejects.toThrow(
      'autoscaling.maxReplicas 1 is less than autoscaling.minReplicas 2',
    );
  });
});

describe('network and availability in the chart service', () => {
  beforeEach(skipWithoutHelm);

  it('denies what is not allowed, in both directions', async () => {
    expect(only(await render(everything), 'NetworkPolicy')['spec']).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'auth', 'app.kubernetes.io/instance': 'auth' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [peer('frontend-service', 'webportal')], ports: [{ port: 'http' }] }],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
        { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
        { to: [peer('app-services', 'postgres')], ports: [{ port: 5432 }] },
      ],
    });
    const closed = only(await render({ image, networkPolicy: { enabled: true, dns: false } }), 'NetworkPolicy');
    expect(Object.keys(closed['spec'] as object)).toEqual(['podSelector', 'policyTypes']);
  });

  it('denies again what is taken out by null, and only that', async () => {
    const networkPolicy = { enabled: true, dns: false, from: { traefik: null, api: {} }, to: { postgres: null } };
    expect(only(await render({ image, networkPolicy }), 'NetworkPolicy')['spec']).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'auth', 'app.kubernetes.io/instance': 'auth' } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [peer('app-services', 'api')] }],
    });
  });

  it('serves each host by TLS with a certificate of the environment', async () => {
    expect(only(await render(everything), 'Ingress')).toMatchObject({
      metadata: { annotations: { 'cert-manager.io/cluster-issuer': 'platform-ca' } },
      spec: {
        ingressClassName: 'traefik',
        tls: [{ secretName: 'auth-tls', hosts: ['auth.shop.localhost'] }],
        rules: [
          {
            host: 'auth.shop.localhost',
            http: {
              paths: [
                { path: '/', pathType: 'Prefix', backend: { service: { name: 'auth', port: { name: 'http' } } } },
              ],
            },
          },
        ],
      },
    });
    await expect(render({ image, ingress: { hosts: ['a.localhost'] } })).rejects.toThrow(
      'ingress.paths names the port "http", which is not one of ports',
    );
  });

  it('selects the pods of the workload and not those of the migration', async () => {
    const objects = await render(everything);
    const selector = { 'app.kubernetes.io/component': 'server' };
    expect(only(objects, 'Service')).toMatchObject({ spec: { selector } });
    expect(only(objects, 'PodDisruptionBudget')).toMatchObject({
      spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
    });
    expect(only(objects, 'Deployment')).toMatchObject({ spec: { template: { metadata: { labels: selector } } } });
    expect(only(objects, 'Job')).toMatchObject({
      spec: { template: { metadata: { labels: { 'app.kubernetes.io/component': 'migration' } } } },
    });
  });

  it('lets a budget say how many must stay instead', async () => {
    const objects = await render({ image, disruptionBudget: { enabled: true, minAvailable: '50%' } });
    expect(only(objects, 'PodDisruptionBudget')['spec']).toMatchObject({ minAvailable: '50%' });
    expect(only(objects, 'PodDisruptionBudget')['spec']).not.toHaveProperty('maxUnavailable');
  });

  it('is scraped and alerts, with the templates of Prometheus left alone', async () => {
    const objects = await render(everything);
    expect(only(objects, 'ServiceMonitor')).toMatchObject({
      spec: { endpoints: [{ port: 'metrics', path: '/metrics' }] },
    });
    expect(only(objects, 'PrometheusRule')).toMatchObject({
      spec: {
        groups: [
          {
            rules: [
              {
                alert: 'AuthServiceDown',
                expr: 'up == 0',
                for: '1m',
                labels: { severity: 'critical' },
                annotations: { summary: '{{ $labels.pod }} is down' },
              },
            ],
          },
        ],
      },
    });
    await expect(render({ image, serviceMonitor: { enabled: true } })).rejects.toThrow(
      'serviceMonitor.port is "metrics"',
    );
  });
});

describe('data in the chart service', () => {
  beforeEach(skipWithoutHelm);

  const persistence = { enabled: true, mountPath: '/data', size: '2Gi' };

  it('gives each pod of a statefulset a volume that outlives it', async () => {
    const objects = await render({ image, kind: 'statefulset', persistence, ports: { sql: { port: 5432 } } });
    expect(kinds(objects)).toEqual(['Service', 'Service', 'ServiceAccount', 'StatefulSet']);
    expect(only(objects, 'StatefulSet')).toMatchObject({
      spec: {
        replicas: 1,
        serviceName: 'auth-headless',
        persistentVolumeClaimRetentionPolicy: { whenScaled: 'Retain', whenDeleted: 'Retain' },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } } },
          },
        ],
      },
    });
    // Of another component, or a ServiceMonitor would have each pod scraped twice.
    expect(only(objects, 'Service', 'auth-headless')).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/component': 'headless' } },
      spec: { clusterIP: 'None' },
    });
    expect(only(objects, 'Service', 'auth')['spec']).not.toHaveProperty('clusterIP');
  });

  it('keeps the claim of a deployment and never runs two pods on it', async () => {
    const objects = await render({ image, persistence });
    expect(only(objects, 'PersistentVolumeClaim')).toMatchObject({
      metadata: { name: 'auth', annotations: { 'helm.sh/resource-policy': 'keep' } },
    });
    expect(only(objects, 'Deployment')).toMatchObject({
      spec: {
        strategy: { type: 'Recreate' },
        template: {
          spec: {
            volumes: expect.arrayContaining([
              { name: 'data', persistentVolumeClaim: { claimName: 'auth' } },
            ]) as object[],
          },
        },
      },
    });
    await expect(render({ image, persistence, replicas: 2 })).rejects.toThrow(
      'a deployment with a ReadWriteOnce volume runs one pod only',
    );
  });

  it('lets many pods have the volume of one node when told so, and replaces them one after the other', async () => {
    const objects = await render({ ...everything, persistence: { ...persistence, shared: true } });
    expect(only(objects, 'PersistentVolumeClaim')).toMatchObject({ spec: { accessModes: ['ReadWriteOnce'] } });
    expect(only(objects, 'HorizontalPodAutoscaler')).toMatchObject({ spec: { maxReplicas: 10 } });
    expect(only(objects, 'Deployment')).toMatchObject({ spec: { strategy: { type: 'RollingUpdate' } } });
  });

  it('lets many pods have a volume of many nodes', async () => {
    const many = { ...persistence, accessMode: 'ReadWriteMany' };
    expect(only(await render({ ...everything, persistence: many }), 'Deployment')).toMatchObject({
      spec: { strategy: { type: 'RollingUpdate' } },
    });
  });

  it('shares no volume whose access mode says otherwise', async () => {
    const shared = (accessMode: string) => render({ image, persistence: { ...persistence, accessMode, shared: true } });
    await expect(shared('ReadWriteMany')).rejects.toThrow('one with ReadWriteMany is shared anyway');
    await expect(shared('ReadWriteOncePod')).rejects.toThrow('ReadWriteOncePod gives the volume to one pod');
  });

  it('lets pods start before what they mount is there, where it is optional', async () => {
    const mounts = {
      '/runbooks': { configMap: 'runbooks', optional: true },
      '/token': { secret: 'token', optional: true },
      '/trust': { configMap: 'trust' },
    };
    expect(only(await render({ image, mounts }), 'Deployment')).toMatchObject({
      spec: {
        template: {
          spec: {
            volumes: [
              { name: 'writable-0', emptyDir: {} },
              { name: 'mount-0', configMap: { name: 'runbooks', optional: true } },
              { name: 'mount-1', secret: { secretName: 'token', optional: true } },
              { name: 'mount-2', configMap: { name: 'trust' } },
            ],
          },
        },
      },
    });
  });

  it('keeps a generated secret', async () => {
    const secret = only(await render(everything), 'Secret');
    expect(secret.metadata.annotations).toMatchObject({ 'helm.sh/resource-policy': 'keep' });
    const { token } = secret['data'] as { token: string };
    expect(Buffer.from(token, 'base64').toString()).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it('migrates before an install and an upgrade, with nothing that is not there yet', async () => {
    const job = only(await render(everything), 'Job');
    expect(job.metadata.annotations).toEqual({
      'helm.sh/hook': 'pre-install,pre-upgrade',
      'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
    });
    expect(job).toMatchObject(
      container({
        command: ['/auth', 'migrate'],
        env: [
          { name: 'LIMIT', value: '10485760' },
          { name: 'VERBOSE', value: 'true' },
          { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'postgres', key: 'password' } } },
        ],
        envFrom: [{ secretRef: { name: 'extra' } }, { configMapRef: { name: 'shared' } }],
      }),
    );
    await expect(render({ ...everything, env: { TOKEN: { secret: 'auth/token' } } })).rejects.toThrow(
      'env.TOKEN comes from the generated Secret, which does not exist yet when the migration runs',
    );
  });
});

describe('rights of the pods of the chart service', () => {
  beforeEach(skipWithoutHelm);

  const lease = {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    resourceNames: ['auth'],
    verbs: ['get', 'update'],
  };

  it('are none at first, and in their own namespace only', async () => {
    expect(kinds(await render({ image, serviceAccount: { mountToken: true } }))).not.toContain('Role');

    const rules = { lease, records: { resources: ['configmaps'], verbs: ['list'] }, former: null };
    const objects = await render({ image, serviceAccount: { mountToken: true, rules } });

    expect(kinds(objects)).toEqual(['Deployment', 'Role', 'RoleBinding', 'ServiceAccount']);
    expect(only(objects, 'Role')['rules']).toEqual([
      lease,
      { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] },
    ]);
    expect(only(objects, 'RoleBinding')).toMatchObject({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'auth' },
      subjects: [{ kind: 'ServiceAccount', name: 'auth', namespace: 'app-services' }],
    });
  });

  it('are refused to pods that could not use them', async () => {
    await expect(render({ image, serviceAccount: { rules: { lease } } })).rejects.toThrow(
      'serviceAccount.rules are of no use without serviceAccount.mountToken',
    );
  });
});

describe('the schema of the chart service', () => {
  beforeEach(skipWithoutHelm);

  it.each([
    [{ replica: 2 }, "additional properties 'replica' not allowed"],
    [{ autoscaling: { maxReplica: 3 } }, "at '/autoscaling': additional properties 'maxReplica' not allowed"],
    [{ image: { ...image, tag: 17.1 } }, "at '/image/tag': got number, want string"],
    [{ image: { ...image, digest: 'sha256:abc' } }, "at '/image/digest'"],
    [{ kind: 'daemonset' }, "at '/kind'"],
    [{ replicas: -1 }, "at '/replicas'"],
    [{ ports: { HTTP: { port: 80 } } }, "at '/ports': additional properties 'HTTP' not allowed"],
    [{ ports: { http: { port: 70000 } } }, "at '/ports/http/port'"],
    [{ env: { 'a-b': 'c' } }, "at '/env': additional properties 'a-b' not allowed"],
    [{ env: { A: { secret: 'postgres' } } }, "at '/env/A/secret'"],
    [{ serviceAccount: { rules: { all: { resources: ['pods'] } } } }, "missing property 'verbs'"],
    [{ mounts: { '/a': { secret: 'a', configMap: 'b' } } }, "at '/mounts/~1a'"],
    [{ mounts: { '/a': { optional: true } } }, "at '/mounts/~1a'"],
    [{ persistence: { shared: 'yes' } }, "at '/persistence/shared'"],
    [{ alerts: { Down: { summary: 'x' } } }, "at '/alerts/Down': missing property 'expr'"],
    [{ networkPolicy: { from: { a: { app: 'b' } } } }, "additional properties 'app' not allowed"],
    [{ probes: { readiness: { url: '/' } } }, "additional properties 'url' not allowed"],
  ])('refuses %j and says where', async (values, message) => {
    await expect(render({ image, ...values })).rejects.toThrow(message);
  });
});

function peer(namespace: string, app: string) {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: { 'app.kubernetes.io/name': app } },
  };
}
