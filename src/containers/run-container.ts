import type { ContainerSpec, EngineCall, EngineName } from './engine.js';
import { absent, type EngineCalls } from './engine-calls.js';
import { insecure } from './insecure.js';

/** Makes and starts a container with its volumes; one that cannot start is taken away again. */
export async function runContainer(
  engine: EngineName,
  calls: EngineCalls,
  spec: ContainerSpec,
  call: EngineCall,
): Promise<void> {
  for (const name of Object.values(spec.volumes)) await makeVolume(calls, name, spec.labels, call);
  const { stdout } = await calls(createArguments(engine, spec), {
    ...call,
    what: `make the container ${spec.name} from ${spec.image}`,
    image: spec.image,
  });
  try {
    await calls(['start', spec.name], { ...call, what: `start the container ${spec.name}` });
  } catch (error) {
    // Its id, because the name can be another's by now.
    const id = stdout.trim().split('\n').at(-1);
    if (id) {
      await calls(['rm', '--force', '--volumes', id], { what: `remove the container ${spec.name}` }).catch(
        () => undefined,
      );
    }
    throw error;
  }
}

function createArguments(engine: EngineName, spec: ContainerSpec): string[] {
  return [
    'create',
    ...['--name', spec.name],
    // Podman starts only what has this policy when the machine does; Docker would start with it what was stopped on purpose.
    ...['--restart', engine === 'podman' ? 'always' : 'unless-stopped'],
    ...['--network', spec.network],
    ...pairs('--label', spec.labels),
    ...pairs('--env', spec.env),
    ...spec.ports.flatMap(({ host, hostPort, containerPort }) => [
      '--publish',
      `${host}:${String(hostPort)}:${String(containerPort)}`,
    ]),
    ...Object.entries(spec.volumes).flatMap(([folder, volume]) => ['--volume', `${volume}:${folder}`]),
    ...insecure(engine, spec.image),
    spec.image,
  ];
}

async function makeVolume(
  calls: EngineCalls,
  name: string,
  labels: Readonly<Record<string, string>>,
  call: EngineCall,
): Promise<void> {
  const found = await calls(['volume', 'inspect', name], {
    signal: call.signal,
    what: `look at the volume ${name}`,
    unless: absent,
  });
  if (found.exitCode === 0) return;
  await calls(['volume', 'create', ...pairs('--label', labels), name], {
    signal: call.signal,
    what: `make the volume ${name}`,
  });
}

/** `--label a=b --label c=d`. */
export function pairs(option: string, values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => [option, `${key}=${value}`]);
}
