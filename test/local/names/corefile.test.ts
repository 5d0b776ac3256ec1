import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { reloadsItself, withRewrites } from '../../../src/local/names/corefile.js';
import { asset } from '../../../src/paths.js';

const kubeadm = await readFile(asset('test/fixtures/coredns/kubeadm-1.36.3.Corefile'), 'utf8');
const rewrites = {
  environment: 'shop',
  names: ['webportal.local', 'images.local'],
  target: 'traefik.traefik.svc.cluster.local',
};
const none = { ...rewrites, names: [] };

describe('the Corefile of kubeadm', () => {
  it('gets a rule for each name before the plugin that answers for the cluster', () => {
    const written = withRewrites(kubeadm, rewrites);
    expect(written).toContain(
      [
        '    ready',
        '    # platform shop: begin (managed by platform up)',
        '    rewrite stop {',
        '        name exact images.local traefik.traefik.svc.cluster.local',
        '        answer auto',
        '    }',
        '    rewrite stop {',
        '        name exact webportal.local traefik.traefik.svc.cluster.local',
        '        answer auto',
        '    }',
        '    # platform shop: end',
        '    kubernetes cluster.local in-addr.arpa ip6.arpa {',
      ].join('\n'),
    );
    expect(withRewrites(written, rewrites)).toBe(written);
  });

  it('is what it was, to the byte, once there are no names any more', () => {
    expect(withRewrites(kubeadm, none)).toBe(kubeadm);
    expect(withRewrites(withRewrites(kubeadm, rewrites), none)).toBe(kubeadm);
  });

  it('follows a change of names and of the Service', () => {
    const changed = { ...rewrites, names: ['grafana.local'], target: 'traefik.ingress.svc.cluster.local' };
    expect(withRewrites(withRewrites(kubeadm, rewrites), changed)).toBe(withRewrites(kubeadm, changed));
  });

  it('keeps what others wrote, also around our rules', () => {
    const others = kubeadm
      .replace(
        '    ready\n',
        '    ready\n    hosts {\n       192.168.65.254 host.docker.internal\n       fallthrough\n    }\n',
      )
      .replace(/}\n$/, '}\nlan:53 {\n\tforward . {$LAN_SERVER} # { not a block\n}');
    const written = withRewrites(others, rewrites);
    expect(withRewrites(written, none)).toBe(others);
    const edited = written.replace('ttl 30', 'ttl 5');
    expect(withRewrites(edited, none)).toBe(others.replace('ttl 30', 'ttl 5'));
  });

  it('takes the plugin itself for its place, no word of its name', () => {
    const decoys = `# kubernetes\nkubernetes.lan {\n    template IN A {\n        kubernetes\n    }\n}\n${kubeadm}`;
    const written = withRewrites(decoys, rewrites);
    expect(written.indexOf('# platform shop')).toBeGreaterThan(written.indexOf('.:53 {'));
    expect(written.startsWith(decoys.slice(0, decoys.indexOf('.:53')))).toBe(true);
  });

  it('has the rules of several environments', () => {
    const other = { ...rewrites, environment: 'shop-2', names: ['portal.test'] };
    const both = withRewrites(withRewrites(kubeadm, rewrites), other);
    expect(withRewrites(both, none)).toBe(withRewrites(kubeadm, other));
    expect(withRewrites(both, { ...other, names: [] })).toBe(withRewrites(kubeadm, rewrites));
  });

  it('reloads itself; without that plugin it does not', () => {
    expect(reloadsItself(kubeadm)).toBe(true);
    expect(reloadsItself(kubeadm.replace('    reload\n', '    # reload\n'))).toBe(false);
    expect(reloadsItself(kubeadm.replace('    reload\n', '    reload 10s\n'))).toBe(true);
  });
});

describe('a Corefile that is not to be changed', () => {
  const written = withRewrites(kubeadm, rewrites);

  it.each([
    ['end', written.replace(/ *# platform shop: end\n/, '')],
    ['begin', written.replace(/ *# platform shop: begin.*\n/, '')],
  ])('has our block without its %s', (_, damaged) => {
    expect(() => withRewrites(damaged, none)).toThrow(
      'the block of shop in the Corefile of kube-system/coredns is damaged',
    );
  });

  it('has nothing that answers for the cluster', () => {
    expect(() => withRewrites('.:53 {\n    forward . 1.1.1.1\n}\n', rewrites)).toThrow('has no plugin kubernetes');
  });
});
