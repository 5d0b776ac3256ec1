import { describe, expect, it } from 'vitest';
import { readEvent } from '../../../src/clusters/minikube/events.js';
import { output } from './recorded.js';

const events = (name: string) =>
  output(name)
    .split('\n')
    .flatMap((line) => readEvent(line) ?? []);
const messages = (name: string) =>
  events(name).flatMap((event) => (event.type === 'progress' ? [event.progress.message] : []));

describe("reading minikube's events", () => {
  it('tells step by step what it does, without the signs it decorates lines with', () => {
    expect(messages('start.jsonl')).toEqual([
      '[platform-dev] minikube v1.39.0 on Debian 12.15',
      'using the docker driver based on user configuration',
      'starting "platform-dev" primary control-plane node in "platform-dev" cluster',
      'pulling base image v0.0.50',
      'downloading preloaded-images-k8s-v18-v1.36.4-containerd-overlay2-amd64.tar.lz4',
      'downloading preloaded-images-k8s-v18-v1.36.4-containerd-overlay2-amd64.tar.lz4: 42 %',
      'creating docker container (CPUs=no-limit, Memory=no-limit)',
      'preparing Kubernetes v1.36.4 on containerd 2.3.3',
      'verifying Kubernetes components',
      'enabled addons: storage-provisioner, default-storageclass',
      'done! kubectl is now configured to use "platform-dev" cluster and "default" namespace by default',
    ]);
  });

  it('takes emoji away as well', () => {
    const line = JSON.stringify({
      type: 'io.k8s.sigs.minikube.step',
      data: { message: '🔥  Creating docker container ...' },
    });
    expect(readEvent(line)).toMatchObject({ progress: { message: 'creating docker container' } });
  });

  it('reads an error with its id, advice and links', () => {
    expect(events('start-apiserver-never-up.jsonl').at(-1)).toEqual({
      type: 'error',
      id: 'K8S_APISERVER_MISSING',
      message: expect.stringContaining('apiserver process never appeared') as string,
      advice: 'Check that the provided apiserver flags are valid, and that SELinux is disabled',
      links: [
        'https://github.com/kubernetes/minikube/issues/4536',
        'https://github.com/kubernetes/minikube/issues/6014',
      ],
    });
  });

  it.each([
    '',
    '    > kubelet: 64 B / 64 B',
    '{"half',
    '{"type":"io.k8s.sigs.minikube.step"}',
    '{"type":"other","data":{}}',
    '[]',
  ])('passes over the line %j', (line) => {
    expect(readEvent(line)).toBeUndefined();
  });
});
