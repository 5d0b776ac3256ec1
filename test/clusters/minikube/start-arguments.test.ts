import { describe, expect, it } from 'vitest';
import { startArguments, type StartOptions } from '../../../src/clusters/minikube/start-arguments.js';
import { unsupportedBy } from '../../../src/clusters/minikube/unsupported.js';
import type { LocalSettings } from '../../../src/environment/environment.js';
import { defaultLocalSettings } from '../../../src/environment/settings.js';

const args = (local: Partial<LocalSettings> = {}, options: Partial<StartOptions> = {}) =>
  startArguments({
    profile: 'platform-dev',
    engine: 'docker',
    local: { ...defaultLocalSettings, ...local },
    ports: { http: 80, https: 8443 },
    kubernetes: '1.36.4',
    ...options,
  });
const unsupported = (local: Partial<LocalSettings>) => unsupportedBy({ ...defaultLocalSettings, ...local });

describe('what minikube is told to make', () => {
  it('is the cluster of the environment', () => {
    expect(args()).toEqual([
      'start',
      '--profile=platform-dev',
      '--output=json',
      '--interactive=false',
      '--wait=apiserver',
      '--embed-certs',
      '--delete-on-failure=false',
      '--driver=docker',
      '--container-runtime=containerd',
      '--kubernetes-version=v1.36.4',
      '--nodes=1',
      '--cpus=no-limit',
      '--memory=no-limit',
      '--ports=127.0.0.1:80:80',
      '--ports=127.0.0.1:8443:443',
      '--cni=false',
      '--network-plugin=cni',
      '--extra-config=kubeadm.pod-network-cidr=10.244.0.0/16',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--extra-config=controller-manager.bind-address=0.0.0.0',
      '--extra-config=scheduler.bind-address=0.0.0.0',
      '--extra-config=etcd.listen-metrics-urls=http://0.0.0.0:2381',
    ]);
  });

  it('has a pod network of its own only when it is asked for', () => {
    expect(args({ cni: 'default' }).join(' ')).not.toMatch(/cni/);
    expect(args({ cni: 'none' })).toContain('--cni=false');
    expect(args({ cni: '/home/me/network.yaml' })).toContain('--cni=false');
  });

  it('is as large and of the image that the environment says', () => {
    const own = args({ size: { cpus: 4, memory: '6g' }, nodeImage: 'registry.example/kicbase:v0.0.50' });
    expect(own).toContain('--cpus=4');
    expect(own).toContain('--memory=6g');
    expect(own).toContain('--base-image=registry.example/kicbase:v0.0.50');
  });

  it("is in the user's own Podman", () => {
    const podman = args({}, { engine: 'podman' });
    expect(podman).toContain('--driver=podman');
    expect(podman).toContain('--rootless');
  });
});

describe('what minikube cannot make', () => {
  it('is not the default environment', () => {
    expect(unsupported({})).toBeUndefined();
    expect(unsupported({ workers: 0 })).toBeUndefined();
  });

  it('is a second node beside published ports', () => {
    expect(unsupported({ workers: 2 })).toMatch(/local.workers is 2, at most 1 is possible/);
  });

  it('is a Kubernetes version that nobody has tried', () => {
    expect(unsupported({ kubernetes: '1.20' })).toMatch(/^minikube is known to make Kubernetes 1\.\d+.*, not 1\.20/);
  });

  it('is other addresses in its own pod network', () => {
    const subnets = { pods: '10.100.0.0/16', services: '10.96.0.0/16' };
    expect(unsupported({ cni: 'default', subnets })).toMatch(/has the addresses 10.244.0.0\/16, not 10.100.0.0\/16/);
    expect(unsupported({ cni: 'calico', subnets })).toBeUndefined();
  });
});
