import { describe, expect, it } from 'vitest';
import { readContainers } from '../../src/containers/read-container.js';
import { recorded } from './recorded.js';

/** Podman's shape, with a state of which there is no recording. */
const podman = (status: string) =>
  JSON.stringify([
    {
      Id: 'f6dd',
      Name: 'web',
      ImageName: 'docker.io/library/registry:3',
      State: { Status: status, ExitCode: 137 },
      Config: { Labels: null },
      HostConfig: { PortBindings: {} },
      NetworkSettings: { Ports: {}, Networks: { podman: { IPAddress: '10.88.0.2', Aliases: ['web'] } } },
      Mounts: [{ Type: 'bind', Source: '/srv' }],
    },
  ]);

describe('reading a container', () => {
  it('finds all about a running one', async () => {
    const [, web] = readContainers(await recorded('containers.json'));
    expect(web).toMatchObject({
      name: 'web',
      image: 'registry:3',
      status: 'running',
      labels: { 'platform.dev/registry': 'local' },
      ports: [{ host: '127.0.0.1', hostPort: 15003, containerPort: 5000 }],
      volumes: ['web'],
    });
    expect(web).not.toHaveProperty('exitCode');
    expect(web?.networks.map(({ name }) => name)).toEqual(['bridge', 'net']);
    expect(web?.networks[1]).toMatchObject({ address: '172.29.0.2', aliases: ['kind-registry', '6ef3e1c40ed5'] });
  });

  it('knows the ports of a stopped one, and how it ended', async () => {
    const [old] = readContainers(await recorded('containers.json'));
    expect(old).toMatchObject({
      name: 'old',
      status: 'exited',
      exitCode: 2,
      ports: [{ host: '127.0.0.1', hostPort: 15004, containerPort: 5000 }],
    });
  });

  it('finds the same in what Podman says', async () => {
    const [old, web] = readContainers(await recorded('containers.json', 'podman'));
    expect(web).toMatchObject({
      name: 'web',
      image: 'localhost/registry:3',
      status: 'running',
      labels: { 'platform.dev/registry': 'local' },
      ports: [{ host: '127.0.0.1', hostPort: 15003, containerPort: 5000 }],
      volumes: ['web'],
    });
    expect(web?.networks.map(({ name }) => name).sort()).toEqual(['net', 'podman']);
    expect(web?.networks.find(({ name }) => name === 'net')).toMatchObject({ address: '172.30.0.2' });
    expect(web?.networks.find(({ name }) => name === 'net')?.aliases).toContain('kind-registry');
    expect(old).toMatchObject({
      status: 'exited',
      exitCode: 2,
      ports: [{ host: '127.0.0.1', hostPort: 15004, containerPort: 5000 }],
    });
  });

  it('names a host address where none was given, and leaves out ports that are not of TCP or not bound yet', () => {
    const [container] = readContainers(
      JSON.stringify([
        {
          Id: '1',
          Name: '/dns',
          State: { Status: 'running' },
          Config: {},
          HostConfig: {},
          NetworkSettings: {
            Ports: {
              '53/udp': [{ HostIp: '', HostPort: '53' }],
              '53/tcp': [{ HostIp: '', HostPort: '53' }],
              '80/tcp': null,
              '81/tcp': [{ HostIp: '', HostPort: '0' }],
            },
          },
        },
      ]),
    );
    expect(container?.ports).toEqual([{ host: '0.0.0.0', hostPort: 53, containerPort: 53 }]);
  });

  it.each([
    ['configured', 'created'],
    ['stopped', 'exited'],
    ['running', 'running'],
    ['unknown', 'dead'],
  ])("reads Podman's state %s as %s", (said, status) => {
    expect(readContainers(podman(said))).toMatchObject([
      { name: 'web', image: 'docker.io/library/registry:3', status, labels: {}, volumes: [] },
    ]);
  });

  it('finds none in the answer of an engine that knows none', () => {
    expect(readContainers('[]\n')).toEqual([]);
    expect(readContainers('')).toEqual([]);
  });
});
