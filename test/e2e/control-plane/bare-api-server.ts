import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/clock.js';
import { freePorts } from '../../../src/clusters/embedded/free-ports.js';
import { connect, type ClusterClient } from '../../../src/kubernetes/client.js';
import { kubeconfigText } from '../../../src/kubernetes/kubeconfig.js';
import { systemProcesses } from '../../../src/process.js';
import type { ToolName } from '../../../src/toolchain/pins.js';
import { createToolchain } from '../../../src/toolchain/toolchain.js';
import { createSandbox } from '../sandbox.js';
import { eventually } from './control-plane.js';

/**
 * A kube-apiserver with its default admission plugins, webhooks included, which the embedded provider turns off.
 * Nothing else runs: no controller acts on what is stored.
 */
export interface BareApiServer {
  readonly client: ClusterClient;
  /** PEM of a certificate authority that has signed nothing but this server's own certificate. */
  readonly authority: string;
  /** Of an administrator. */
  readonly token: string;
  dispose(): Promise<void>;
}

const token = 'test-only';

export async function bareApiServer(): Promise<BareApiServer> {
  const sandbox = await createSandbox();
  const { paths, variables, folder } = sandbox;
  const toolchain = createToolchain({ processes: systemProcesses(), clock: systemClock, paths, variables });
  const children: ChildProcess[] = [];
  const [etcd = 0, peer = 0, secure = 0] = await freePorts(3);
  const file = (name: string) => join(folder, 'control-plane', name);
  await mkdir(file(''));
  await start('etcd', [
    ...['--data-dir', file('etcd'), '--unsafe-no-fsync'],
    ...['--listen-client-urls', local(etcd), '--advertise-client-urls', local(etcd), '--listen-peer-urls', local(peer)],
    ...['--initial-advertise-peer-urls', local(peer), '--initial-cluster', `default=${local(peer)}`],
  ]);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(file('accounts.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(file('tokens.csv'), `${token},admin,admin,system:masters\n`);
  await start('kube-apiserver', [
    ...['--etcd-servers', local(etcd), '--bind-address', '127.0.0.1', '--secure-port', String(secure)],
    // Where it puts a certificate that it makes itself.
    ...['--cert-dir', file('certificates'), '--token-auth-file', file('tokens.csv'), '--authorization-mode', 'RBAC'],
    ...['--service-account-issuer', 'https://proof.invalid', '--service-cluster-ip-range', '10.96.0.0/16'],
    ...['--service-account-key-file', file('accounts.key'), '--service-account-signing-key-file', file('accounts.key')],
    // Nobody makes the service accounts that it would ask of pods.
    ...['--disable-admission-plugins', 'ServiceAccount'],
  ]);
  const client = await eventually(() => connected().catch(() => undefined));
  const chain = await readFile(file('certificates/apiserver.crt'), 'utf8');
  return {
    client,
    token,
    authority: chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g)?.at(-1) ?? '',
    async dispose() {
      client.close();
      for (const child of children.reverse()) {
        const ended = once(child, 'close');
        if (child.exitCode === null && child.kill('SIGTERM')) await ended;
      }
      await sandbox.dispose();
    },
  };

  async function start(name: ToolName, args: readonly string[]): Promise<void> {
    const tool = await toolchain.find(name);
    if (!tool) throw new Error(`${name} is not here`);
    const log = await open(file(`${name}.log`), 'w');
    children.push(spawn(tool.path, args, { stdio: ['ignore', log.fd, log.fd] }));
    await log.close();
  }

  async function connected(): Promise<ClusterClient> {
    const certificates = await readFile(file('certificates/apiserver.crt'));
    const cluster = {
      server: `https://127.0.0.1:${String(secure)}`,
      'certificate-authority-data': certificates.toString('base64'),
    };
    await writeFile(file('kubeconfig'), kubeconfigText('test', { cluster, user: { token } }));
    const candidate = await connect(file('kubeconfig'), 'test');
    await candidate.text('/readyz');
    return candidate;
  }
}

function local(port: number): string {
  return `http://127.0.0.1:${String(port)}`;
}
