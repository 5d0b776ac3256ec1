import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/errors.js';
import { asset } from '../../../src/paths.js';
import { toolFailure } from '../../../src/process.js';
import { explainHelmFailure } from '../../../src/releases/helm/helm-errors.js';

const folder = asset('test/fixtures/helm/4.3.1');
const release = { name: 'web', namespace: 'shop' };

/** What Helm really said, as the process port tells it. */
async function failed(fixture: string): Promise<PlatformError> {
  const stderr = await readFile(join(folder, `${fixture}.txt`), 'utf8');
  return toolFailure('/bin/helm', ['upgrade', '--install', 'web'], { stdout: '', stderr, exitCode: 1 });
}

const explained = async (fixture: string, of = release) => explainHelmFailure(await failed(fixture), of);

describe('a failure of Helm', () => {
  it.each([
    ['apply-conflict', 'conflict', 'web cannot write .data.colour of ConfigMap/web, managed by kubectl-edit'],
    [
      'apply-conflicts',
      'conflict',
      'web cannot write .data.c and 2 more fields of ConfigMap/many, managed by argocd-controller and kubectl',
    ],
    [
      'apply-conflict-replicas',
      'conflict',
      'web cannot write .spec.replicas of Deployment/scaled, managed by kubectl-edit',
    ],
    [
      'ownership-other-release',
      'conflict',
      'web cannot create ConfigMap/web in namespace default: it is there already, and belongs to the Helm release web in namespace shop',
    ],
    [
      'ownership-nobody',
      'conflict',
      'web cannot create ConfigMap/mine in namespace default: it is there already, and belongs to nothing that Helm installed',
    ],
    ['pending', 'conflict', 'another Helm operation on web is in progress, or was killed'],
    ['immutable-field', 'conflict', 'web changes spec.selector of Deployment/fixed, which cannot be changed'],
    ['immutable-statefulset', 'conflict', 'web changes spec of StatefulSet/fixed, which cannot be changed'],
    [
      'webhook-denied',
      'tool',
      'the webhook deny.example.org refuses ConfigMap/web of web: images must come from registry.example.org',
    ],
    [
      'webhook-no-service',
      'tool',
      'the webhook dead.example.org, which is asked about ConfigMap/web of web, does not answer: service "webhook" not found',
    ],
    [
      'webhook-refused',
      'tool',
      'the webhook refused.example.org, which is asked about ConfigMap/web of web, does not answer: dial tcp 127.0.0.1:1: connect: connection refused',
    ],
    [
      'webhook-untrusted',
      'tool',
      'the webhook untrusted.example.org, which is asked about ConfigMap/web of web, does not answer: tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ],
    [
      'policy-denied',
      'tool',
      'the policy no-forbidden refuses ConfigMap/policy of web: nothing may be labelled forbidden',
    ],
    [
      'exceeded-quota',
      'tool',
      'ConfigMap/web of web exceeds the quota small of namespace shop: requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
    ],
    ['namespace-ending', 'conflict', 'web cannot be installed: its namespace ending is being deleted'],
    ['namespace-missing', 'conflict', 'web cannot be installed: there is no namespace nowhere'],
    ['forbidden', 'tool', 'web cannot be installed: nobody may not list secrets'],
    [
      'unreachable',
      'tool',
      'web cannot be installed: the API server does not answer Helm: Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused',
    ],
    ['values-schema', 'usage', 'the values of web do not fit the schema of its chart'],
    ['kubernetes-version', 'prerequisite', 'the chart of web is for Kubernetes >=1.99.0, and the cluster has v1.36.3'],
    ['no-matches-for-kind', 'conflict', 'web creates Thing (example.org/v1), which the cluster does not know'],
    [
      'no-matches-two',
      'conflict',
      'web creates ServiceMonitor (monitoring.coreos.com/v1) and Thing (example.org/v1), which the cluster does not know',
    ],
    [
      'release-too-large',
      'tool',
      'the chart of web is too large: Helm keeps it, with all that it renders, in a Secret of at most 1 MiB',
    ],
    [
      'request-too-large',
      'tool',
      'the chart of web is too large: Helm keeps it, with all that it renders, in a Secret of at most 1 MiB',
    ],
    ['required-value', 'usage', 'the chart of web refuses its values: a password is required: set auth.password'],
    [
      'nil-pointer',
      'usage',
      'the chart of web cannot be rendered with its values: .Values.auth.password: nil pointer evaluating interface {}.password',
    ],
    [
      'rendered-yaml',
      'tool',
      "the chart of web renders yaml/templates/objects.yaml, which is not YAML: error converting YAML to JSON: yaml: line 3: did not find expected ',' or '}'",
    ],
    ['unknown-field', 'tool', 'web sets .datas of ConfigMap/unknown, and the cluster knows no such field'],
    ['hook-timeout', 'timeout', 'the hook Job/migrate of web did not end within the time that Helm gives it'],
    ['hook-failed-keeps', 'tool', 'the hook Job/keepjob of web failed'],
  ] as const)('is recognised by its words: %s', async (fixture, code, message) => {
    expect(await explained(fixture)).toMatchObject({ code, message });
  });

  it('of every kind that was recorded is recognised and says what to do next, but for an interruption', async () => {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.txt'));
    const errors = await Promise.all(
      files.map(async (file) => ({ file, error: await explained(file.replace('.txt', '')) })),
    );
    const unknown = errors.filter(({ error }) => error.suggestions.length === 0).map(({ file }) => file);
    expect(unknown).toEqual(['interrupted.txt']);
  });

  it('keeps the words of Helm, once, and the command', async () => {
    const error = await explained('apply-conflict');
    expect(error.output).toMatch(/^Error: UPGRADE FAILED: conflict occurred while applying object default\/web/);
    expect(error.output).not.toContain('level=WARN');
    expect(error.command).toBe('/bin/helm upgrade --install web');
    expect(error.facts).toMatchObject({ exitCode: 1, release: 'web' });
  });

  it('names every other manager and its fields', async () => {
    expect((await explained('apply-conflicts')).facts).toMatchObject({
      object: 'ConfigMap/many',
      managers: [
        { manager: 'argocd-controller', fields: ['.data.c'] },
        { manager: 'kubectl', fields: ['.data.a', '.data.b'] },
      ],
    });
  });

  it('suggests to leave out the replicas where something else scales', async () => {
    expect((await explained('apply-conflict-replicas')).suggestions).toEqual([
      'leave the number of replicas out of the values of web where something else scales Deployment/scaled',
    ]);
  });

  it('names the keys that the schema refuses', async () => {
    const error = await explained('values-schema');
    expect(error.facts).toMatchObject({ keys: ['replicas', 'colour', ''] });
    expect(error.suggestions).toEqual(['correct replicas: `platform values web` shows where each value comes from']);
  });

  it.each([
    ['webhook-no-service', /delete its configuration/],
    ['webhook-untrusted', /CA bundle/],
    ['webhook-refused', /needs: \[<release>:webhook\]/],
  ])('suggests what fits how the webhook is dead: %s', async (fixture, suggestion) => {
    expect((await explained(fixture)).suggestions[0]).toMatch(suggestion);
  });

  it('that is not recognised comes back as it is', async () => {
    const error = await failed('interrupted');
    expect(explainHelmFailure(error, release)).toBe(error);
  });

  it('that is not of Helm itself comes back as it is, whatever its words', async () => {
    const { output = '' } = await failed('apply-conflict');
    const hook = new PlatformError('tool', 'the hook failed', { output });
    const interrupted = new PlatformError('interrupted', 'helm was interrupted', { output, facts: { exitCode: 130 } });
    expect(explainHelmFailure(hook, release)).toBe(hook);
    expect(explainHelmFailure(interrupted, release)).toBe(interrupted);
  });
});
