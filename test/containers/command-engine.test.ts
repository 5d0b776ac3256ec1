import { describe, expect, it } from 'vitest';
import { commandEngine } from '../../src/containers/command-engine.js';
import type { ContainerSpec, EngineName } from '../../src/containers/engine.js';
import { answering, failureOf, recorded } from './recorded.js';

type Answers = Parameters<typeof answering>[0];

function given(answers: Answers = {}, name: EngineName = 'docker') {
  const { processes, calls, lines } = answering(answers);
  return { engine: commandEngine(name, processes), calls, lines };
}
const failing = async (fixture: string, exitCode = 1) => ({ stderr: await recorded(`${fixture}.txt`), exitCode });

describe('a container', () => {
  it('is looked at by name', async () => {
    const { engine, lines } = given({ 'docker inspect': async () => ({ stdout: await recorded('containers.json') }) });
    expect(await engine.container('web')).toMatchObject({ name: 'web', status: 'running' });
    expect(lines()).toEqual(['docker inspect --type container web']);
  });

  it('is not another one whose id begins like the name', async () => {
    const { engine } = given({ 'docker inspect': async () => ({ stdout: await recorded('containers.json') }) });
    expect(await engine.container('6ef3')).toBeUndefined();
  });

  it('is nothing where there is none, and an error where nobody can tell', async () => {
    const { engine } = given({
      'docker inspect': async () => ({ ...(await failing('no-such-container')), stdout: '[]' }),
    });
    expect(await engine.container('nope')).toBeUndefined();
    const silent = given({ 'docker inspect': () => failing('no-daemon') });
    expect(await failureOf(silent.engine.container('nope'))).toMatchObject({ code: 'prerequisite' });
  });

  it('is found by its label with two calls, and without containers with one', async () => {
    const { engine, lines } = given({
      'docker ps': { stdout: '6ef3\nb8f0\n' },
      'docker inspect': async () => ({ stdout: await recorded('containers.json') }),
    });
    expect((await engine.containers('platform.dev/registry')).map(({ name }) => name)).toEqual(['old', 'web']);
    expect(lines()).toEqual([
      'docker ps --all --no-trunc --filter label=platform.dev/registry --format {{.ID}}',
      'docker inspect --type container 6ef3 b8f0',
    ]);
    const none = given();
    expect(await none.engine.containers('a=b')).toEqual([]);
    expect(none.lines()).toHaveLength(1);
  });

  it('is left out of a list when it goes away meanwhile', async () => {
    const [stdout, stderr] = [await recorded('containers.json'), await recorded('no-such-container.txt')];
    const { engine } = given({
      'docker ps': { stdout: '1\n2\n3\n' },
      'docker inspect': { stdout, stderr, exitCode: 1 },
    });
    expect(await engine.containers('a')).toHaveLength(2);
  });

  it('may be gone already when it is removed', async () => {
    const { engine, lines } = given({ 'docker rm': () => failing('no-such-container') });
    await engine.remove('web');
    expect(lines()).toEqual(['docker rm --force --volumes web']);
  });

  it('must be there to be started and stopped', async () => {
    const { engine } = given({
      'docker start': () => failing('no-such-container'),
      'docker stop': () => failing('no-such-container'),
    });
    expect((await failureOf(engine.start('web'))).message).toContain('could not start the container web: No such');
    expect((await failureOf(engine.stop('web'))).message).toContain('could not stop the container web: No such');
  });
});

describe('running a container', () => {
  const spec: ContainerSpec = {
    name: 'web',
    image: 'registry:3',
    labels: { 'platform.dev/registry': 'local' },
    ports: [{ host: '127.0.0.1', hostPort: 5001, containerPort: 5000 }],
    network: 'bridge',
    env: { A: 'b c' },
    volumes: { '/var/lib/registry': 'data' },
  };
  const noVolume = { stderr: 'Error response from daemon: get data: no such volume\n', exitCode: 1 };

  it('makes its volumes with the labels, makes it and starts it', async () => {
    const { engine, lines } = given({ 'docker volume inspect': noVolume });
    await engine.run(spec);
    expect(lines()).toEqual([
      'docker volume inspect data',
      'docker volume create --label platform.dev/registry=local data',
      'docker create --name web --restart unless-stopped --network bridge --label platform.dev/registry=local ' +
        '--env A=b c --publish 127.0.0.1:5001:5000 --volume data:/var/lib/registry registry:3',
      'docker start web',
    ]);
  });

  it('keeps a volume that is there', async () => {
    const { engine, lines } = given();
    await engine.run(spec);
    expect(lines()).not.toContain(expect.stringContaining('volume create'));
    expect(lines()).toHaveLength(3);
  });

  it('leaves nothing of one that cannot start', async () => {
    const { engine, lines } = given({
      'docker create': { stdout: 'f00d\n' },
      'docker start': () => failing('port-allocated'),
    });
    expect(await failureOf(engine.run(spec))).toMatchObject({ code: 'conflict', facts: { port: 15002 } });
    expect(lines().at(-1)).toBe('docker rm --force --volumes f00d');
  });

  it('leaves another one of the same name alone', async () => {
    const { engine, lines } = given({ 'docker create': () => failing('name-in-use') });
    expect(await failureOf(engine.run(spec))).toMatchObject({ code: 'conflict' });
    expect(lines().filter((line) => line.startsWith('docker rm'))).toEqual([]);
  });

  it('names the image that cannot be had', async () => {
    const { engine } = given({ 'docker create': () => failing('manifest-unknown', 125) });
    expect((await failureOf(engine.run(spec))).message).toBe('there is no image registry:3 in its registry');
  });

  it('tells each line of the download', async () => {
    const { engine } = given({ 'docker create': { stderr: '3: Pulling from library/registry\n' } });
    const said: string[] = [];
    await engine.run(spec, { onLine: (line) => said.push(line) });
    expect(said).toContain('3: Pulling from library/registry');
  });

  it('asks Podman for what it starts with the machine, and for no TLS on this machine', async () => {
    const { engine, lines } = given({}, 'podman');
    await engine.run({ ...spec, volumes: {}, image: 'localhost:5001/web:1' });
    expect(lines()[0]).toContain('--restart always');
    expect(lines()[0]).toMatch(/--tls-verify=false localhost:5001\/web:1$/);
  });
});

describe('a network', () => {
  it('is looked at with one call', async () => {
    const { engine, lines } = given({
      'docker network inspect': async () => ({ stdout: await recorded('network.json') }),
    });
    expect(await engine.network('net')).toEqual({ name: 'net', subnets: ['172.29.0.0/16'], containers: ['web'] });
    expect(lines()).toHaveLength(1);
  });

  it('is nothing where there is none', async () => {
    const { engine } = given({ 'docker network inspect': () => failing('no-such-network') });
    expect(await engine.network('nope')).toBeUndefined();
  });

  it('of Podman is asked for its containers, running or not', async () => {
    const { engine, lines } = given(
      {
        'podman network inspect': async () => ({ stdout: await recorded('network.json', 'podman') }),
        'podman ps': { stdout: 'node\n' },
      },
      'podman',
    );
    expect(await engine.network('net')).toEqual({ name: 'net', subnets: ['172.30.0.0/16'], containers: ['node'] });
    expect(lines()[1]).toBe('podman ps --all --filter network=net --format {{.Names}}');
  });

  it('gets containers under their other names', async () => {
    const { engine, lines } = given();
    await engine.connect('kind', 'web', ['kind-registry', 'r']);
    await engine.disconnect('kind', 'web');
    expect(lines()).toEqual([
      'docker network connect --alias kind-registry --alias r kind web',
      'docker network disconnect kind web',
    ]);
  });

  it('may be gone already when it is removed, but not in use', async () => {
    await given({ 'docker network rm': () => failing('no-such-network') }).engine.removeNetwork('net');
    const { engine } = given({ 'docker network rm': () => failing('predefined-network') });
    expect((await failureOf(engine.removeNetwork('bridge'))).message).toContain('cannot be removed');
  });
});

describe('volumes', () => {
  it('are found by a label, in order', async () => {
    const { engine, lines } = given({ 'docker volume ls': { stdout: 'b\na\n' } });
    expect(await engine.volumes('a=b')).toEqual(['a', 'b']);
    expect(lines()).toEqual(['docker volume ls --filter label=a=b --format {{.Name}}']);
  });

  it('may be gone already when they are removed, but not in use', async () => {
    const gone = { stderr: 'Error response from daemon: get data: no such volume\n', exitCode: 1 };
    await given({ 'docker volume rm': gone }).engine.removeVolume('data');
    const { engine } = given({ 'docker volume rm': () => failing('volume-in-use') });
    expect((await failureOf(engine.removeVolume('data'))).message).toContain('volume is in use');
  });
});

describe('an image', () => {
  it('is looked at', async () => {
    const { engine } = given({ 'docker image inspect': async () => ({ stdout: await recorded('image.json') }) });
    expect(await engine.image('redis:7')).toEqual({
      id: 'sha256:7fb8a3b2e8454a88e3260a046ac8a21f73d76be05ead446d7de267cd21e62fec',
      digests: ['localhost:15003/redis@sha256:82cef1a9dd43885d78c98d23f6591aa8f7309fcd886a920518bb7bd5014eaac4'],
      bytes: 91_662_088,
    });
  });

  it('is nothing where there is none', async () => {
    const stderr = 'Error response from daemon: no such image: nope:1: No such image: nope:1\n';
    const { engine } = given({ 'docker image inspect': { stdout: '[]\n', stderr, exitCode: 1 } });
    expect(await engine.image('nope:1')).toBeUndefined();
  });

  it('has an id with its algorithm also where Podman leaves it out', async () => {
    const stdout = await recorded('image.json', 'podman');
    const { engine } = given({ 'podman image inspect': { stdout } }, 'podman');
    expect((await engine.image('redis:7'))?.id).toBe(
      'sha256:7fb8a3b2e8454a88e3260a046ac8a21f73d76be05ead446d7de267cd21e62fec',
    );
  });

  it('is pulled for a kind of processor where one is asked for', async () => {
    const { engine, lines } = given();
    await engine.pull('redis:7');
    await engine.pull('redis:7', { platform: 'linux/arm64' });
    expect(lines()).toEqual(['docker pull redis:7', 'docker pull --platform linux/arm64 redis:7']);
  });

  it('is named in the failure to pull it', async () => {
    const { engine } = given({ 'docker pull': () => failing('no-such-host') });
    expect((await failureOf(engine.pull('redis:7'))).message).toMatch(/^the registry of redis:7 cannot be reached/);
  });

  it('gets another name, and may be gone already when it is removed', async () => {
    const { engine, lines } = given({ 'docker rmi': () => failing('no-such-image-to-tag') });
    await engine.tag('redis:7', 'localhost:5001/redis:7');
    await engine.removeImage('nope:1');
    expect(lines()).toEqual(['docker tag redis:7 localhost:5001/redis:7', 'docker rmi nope:1']);
    const none = given({ 'docker tag': () => failing('no-such-image-to-tag') });
    expect((await failureOf(none.engine.tag('nope:1', 'x:1'))).message).toBe('docker has no image nope:1');
  });
});

describe('a call', () => {
  it('can be interrupted', async () => {
    const { engine, calls } = given();
    const { signal } = new AbortController();
    await engine.pull('redis:7', { signal });
    expect(calls[0]?.options.signal).toBe(signal);
  });

  it('gives its lines without colours', async () => {
    const { engine } = given({ 'docker pull': { stdout: '\u001b[91mred\u001b[0m\n' } });
    const said: string[] = [];
    await engine.pull('redis:7', { onLine: (line) => said.push(line) });
    expect(said).toEqual(['red']);
  });
});

describe('what Podman says of a thing that is not there', () => {
  it.each([
    ['inspect', 'inspecting object: no such container nope', 'container'],
    [
      'network inspect',
      'inspecting object: network nope: unable to find network with name or ID nope: network not found',
      'network',
    ],
    ['image inspect', 'inspecting object: nope: image not known', 'image'],
  ] as const)('of %s, is that there is none', async (command, words, method) => {
    const { engine } = given(
      { [`podman ${command}`]: { stdout: '[]', stderr: `Error: ${words}\n`, exitCode: 125 } },
      'podman',
    );
    expect(await engine[method]('nope')).toBeUndefined();
  });

  it('is no failure to remove it', async () => {
    const answers = {
      'podman rm': { stderr: 'Error: no container with name or ID "nope" found: no such container\n', exitCode: 1 },
      'podman volume rm': { stderr: 'Error: no volume with name "nope" found: no such volume\n', exitCode: 1 },
      'podman network rm': {
        stderr: 'Error: unable to find network with name or ID nope: network not found\n',
        exitCode: 1,
      },
      'podman rmi': { stderr: 'Error: nope: image not known\n', exitCode: 1 },
    };
    const { engine, lines } = given(answers, 'podman');
    await engine.remove('nope');
    await engine.removeVolume('nope');
    await engine.removeNetwork('nope');
    await engine.removeImage('nope');
    expect(lines()).toHaveLength(4);
  });
});
