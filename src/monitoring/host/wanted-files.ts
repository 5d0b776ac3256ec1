import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Values } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import { writeFileAtomically } from '../../files.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { readAccess } from '../../kubernetes/kubeconfig.js';
import { alertmanagerConfiguration, atInbox, type SecretKey } from './alertmanager-configuration.js';
import { hostUrls, type HostPorts } from './ports.js';
import { alertmanagerFile, prometheusFile } from './programs.js';
import { prometheusConfiguration } from './prometheus-configuration.js';
import { ruleFiles, type PrometheusRule } from './rule-files.js';

/** Where the cluster's own Alertmanager would have its Secrets. */
const namespace = 'monitoring';

export interface FileSources {
  /** Folder of the files. */
  readonly folder: string;
  readonly kubeconfig: string;
  readonly ports: HostPorts;
  readonly rules: readonly PrometheusRule[];
  /** Merged values of kube-prometheus-stack. */
  readonly values: Values;
  readonly client: Pick<ClusterClient, 'get'>;
}

/** All files that the programs read. */
export interface WantedFiles {
  /** Text by absolute path; readable by their owner only. */
  readonly files: ReadonlyMap<string, string>;
  /** Changes with anything that Prometheus reads, and can be seen in the configuration that it has loaded. */
  readonly prometheus: string;
  /** The same of Alertmanager. */
  readonly alertmanager: string;
  readonly features: readonly string[];
  /** Keys of Secrets that are not in the cluster: `slack/url`. */
  readonly missingSecrets: readonly string[];
}

/** Puts the files together; asks the cluster for the Secrets that Alertmanager's configuration names, and nothing else. */
export async function wantedFiles(
  { folder, kubeconfig, ports, rules, values, client }: FileSources,
  signal: AbortSignal,
): Promise<WantedFiles> {
  const secretFile = ({ secret, key }: SecretKey) => join(folder, 'secrets', secret, key);
  const { inbox } = hostUrls(ports);

  const access = await readAccess(kubeconfig);
  const credentials = join(folder, 'api-server');
  const server = textAt(access.cluster, 'server', kubeconfig);
  const ruleTexts = ruleFiles(rules);
  const scraping = (digest: string) =>
    stringify(
      prometheusConfiguration({ ports, server, credentials, values, rules: join(folder, 'rules', digest, '*.yaml') }),
    );
  const prometheus = digestOf([scraping(''), ...[...ruleTexts].flat()]);

  const routing = (digest: string) =>
    alertmanagerConfiguration(values, { inbox, secretFile, templates: join(folder, 'templates', digest, '*.tmpl') });
  const { configuration, secrets, templates, features } = routing('');
  const secretTexts = await readSecrets(secrets, client, signal);
  const alertmanager = digestOf([stringify(configuration), ...Object.entries(templates).flat()]);

  return {
    files: new Map([
      [join(folder, 'kubeconfig'), await readFile(kubeconfig, 'utf8')],
      [join(credentials, 'ca.crt'), decoded(textAt(access.cluster, 'certificate-authority-data', kubeconfig))],
      [join(credentials, 'client.crt'), decoded(textAt(access.user, 'client-certificate-data', kubeconfig))],
      [join(credentials, 'client.key'), decoded(textAt(access.user, 'client-key-data', kubeconfig))],
      ...[...ruleTexts].map(([name, text]): [string, string] => [join(folder, 'rules', prometheus, name), text]),
      [prometheusFile(folder), scraping(prometheus)],
      ...Object.entries(templates).map(([name, text]): [string, string] => [
        join(folder, 'templates', alertmanager, name),
        text,
      ]),
      ...secrets.flatMap((one): [string, string][] => {
        const text = secretTexts.get(keyOf(one));
        return text === undefined ? [] : [[secretFile(one), atInbox(text, inbox)]];
      }),
      [alertmanagerFile(folder), stringify(routing(alertmanager).configuration)],
    ]),
    prometheus,
    alertmanager,
    features,
    missingSecrets: secrets.map(keyOf).filter((key) => !secretTexts.has(key)),
  };
}

/** Writes what differs, and removes what earlier rules and templates have left. */
export async function writeWantedFiles(
  folder: string,
  { files, prometheus, alertmanager }: WantedFiles,
): Promise<void> {
  for (const [path, text] of files)
    if ((await textOf(path)) !== text) await writeFileAtomically(path, text, { mode: 0o600 });
  for (const [kind, kept] of [
    ['rules', prometheus],
    ['templates', alertmanager],
  ] as const) {
    const others = (await readdir(join(folder, kind)).catch(() => [])).filter((name) => name !== kept);
    for (const name of others) await rm(join(folder, kind, name), { recursive: true, force: true });
  }
}

/** The files whose text is not what is wanted. */
export async function outdatedFiles({ files }: WantedFiles): Promise<string[]> {
  const texts = await Promise.all(
    [...files].map(async ([path, text]) => ((await textOf(path)) === text ? [] : [path])),
  );
  return texts.flat();
}

async function readSecrets(keys: readonly SecretKey[], client: Pick<ClusterClient, 'get'>, signal: AbortSignal) {
  const found = new Map<string, string>();
  const names = [...new Set(keys.map(({ secret }) => secret))];
  await Promise.all(
    names.map(async (name) => {
      const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
      const secret = await client.get<{ readonly data?: Readonly<Record<string, string>> }>(path, signal);
      for (const [key, data] of Object.entries(secret?.data ?? {}))
        found.set(keyOf({ secret: name, key }), decoded(data));
    }),
  );
  return found;
}

function keyOf({ secret, key }: SecretKey): string {
  return `${secret}/${key}`;
}

function textAt(values: Readonly<Record<string, unknown>>, key: string, file: string): string {
  const text = values[key];
  if (typeof text === 'string') return text;
  throw new PlatformError('conflict', `${file} has no ${key}`);
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

function digestOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16);
}

function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
