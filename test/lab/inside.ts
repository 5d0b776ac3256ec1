import { Writable } from 'node:stream';
import { Exec, KubeConfig, type V1Status } from '@kubernetes/client-node';

/** Runs a program inside a running pod; answers its exit status and what it wrote. */
async function runInside(
  kubeconfig: string,
  pod: { readonly namespace: string; readonly name: string; readonly container: string },
  command: readonly string[],
): Promise<{ readonly exitCode: number; readonly output: string }> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  let output = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      output += chunk.toString();
      done();
    },
  });
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(config)
      .exec(pod.namespace, pod.name, pod.container, [...command], sink, sink, null, false, resolve)
      .then((socket: { onerror: unknown }) => {
        socket.onerror = () => {
          reject(new Error(`no program could be run in ${pod.name}`));
        };
      }, reject);
  });
  const cause = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  return { exitCode: status.status === 'Success' ? 0 : Number(cause ?? -1), output };
}

/**
 * What a pod of one of our services gets when it opens a TCP connection: `open`, `refused` (it arrived, nobody
 * listens) or `dropped` (no answer within 2 s, as a NetworkPolicy does it).
 */
export async function knock(
  kubeconfig: string,
  pod: { readonly namespace: string; readonly name: string; readonly container: string },
  target: string,
): Promise<string> {
  const [host = '', port = ''] = target.split(':');
  const script = `
    const socket = require('node:net').connect({ host: ${JSON.stringify(host)}, port: ${port}, timeout: 2000 });
    const say = (word) => () => { console.log(word); process.exit(0); };
    socket.on('connect', say('open')).on('timeout', say('dropped'));
    socket.on('error', (error) => say(error.code === 'ECONNREFUSED' ? 'refused' : error.code)());`;
  return (await runInside(kubeconfig, pod, ['node', '-e', script])).output.trim();
}
