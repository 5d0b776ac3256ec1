import { describe, expect, it } from 'vitest';
import { explainCreateFailure, type NodeLog } from '../../../src/clusters/kind/create-failure.js';
import { PlatformError } from '../../../src/errors.js';
import { saidByKind } from './kind-world.js';

const error = new PlatformError('tool', 'kind failed with exit code 1', { command: 'kind create cluster' });

function explained(output: string, logs: readonly NodeLog[] = []) {
  const folder = logs.length > 0 ? '/state/kind-logs' : undefined;
  return explainCreateFailure({ error, output, engine: 'docker', folder, logs });
}

async function log(name: string, file: string): Promise<NodeLog> {
  return { name, lines: (await saidByKind(file)).split('\n') };
}

describe('why kind could not make a cluster', () => {
  it.each([
    ['port-taken.txt', 'conflict', 'port 18080 is taken by another program'],
    ['image-missing.txt', 'tool', 'the registry of kindest/node:v9.99.9 cannot be reached'],
    ['daemon-down.txt', 'prerequisite', 'docker does not answer: Cannot connect to the Docker daemon'],
    ['no-space.txt', 'tool', 'docker has no disk space left: could not make the nodes'],
    ['nodes-exist.txt', 'conflict', 'there are nodes of a cluster platform-shop already'],
  ] as const)('is in what it printed: %s', async (file, code, message) => {
    const failure = explained(await saidByKind(file));

    expect(failure.code).toBe(code);
    expect(failure.message).toContain(message);
    expect(failure.suggestions).not.toEqual([]);
    expect(failure.output).not.toBe('');
  });

  it('is in the log of a kubelet that refuses cgroup v1', async () => {
    const logs = [await log('kubelet.control-plane', 'kubelet-cgroup.log')];

    const failure = explained(await saidByKind('kubeadm-fails-cgroup.txt'), logs);

    expect(failure.message).toContain("the kubelet does not run on the container engine's cgroup v1");
    expect(failure.output).toContain('kubelet.control-plane: ');
    expect(failure.facts).toMatchObject({ logs: '/state/kind-logs' });
    expect(failure.suggestions).toContain('the logs of the nodes are kept in /state/kind-logs');
  });

  it('is an API server that never came up, with what it said itself', async () => {
    const logs = [
      await log('kubelet.control-plane', 'kubelet-api-server.log'),
      await log('kube-apiserver', 'kube-apiserver.log'),
    ];

    const failure = explained(await saidByKind('kubeadm-fails-api-server.txt'), logs);

    expect(failure.message).toBe('kind could not make the cluster: the API server did not become healthy');
    expect(failure.output).toContain('kube-apiserver: ');
    expect(failure.output).toContain('127.0.0.1:1');
  });

  it('is a limit of this machine where the nodes say so', () => {
    const said =
      'ERROR: failed to create cluster: could not find a log line that matches "Reached target .*Multi-User"';
    const serial = { name: 'serial.control-plane', lines: ['Failed to create inotify object: Too many open files'] };

    expect(explained(said, [serial]).message).toContain('too many open files');
    expect(explained(said, [serial]).suggestions[0]).toContain('fs.inotify.max_user_instances');
    expect(explained(said).message).toContain('systemd did not come up in a node');
  });

  it('is the time that the API server was given', () => {
    const said =
      'ERROR: failed to create cluster: failed to init node with kubeadm\nerror: The kube-apiserver is not healthy after 4m0.000514342s';

    expect(explained(said).message).toContain('the API server did not become healthy within 4m0.000514342s');
  });

  it("is kind's own last word where nobody knows better", () => {
    const failure = explained('Creating cluster "shop" ...\nERROR: failed to create cluster: something new');

    expect(failure.message).toContain('something new');
    expect(failure.command).toBe('kind create cluster');
  });
});
