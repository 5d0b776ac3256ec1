import { z } from 'zod';
import type { Container, PortBinding } from './engine.js';

const bindingsSchema = z
  .record(z.string(), z.array(z.object({ HostIp: z.string().default(''), HostPort: z.string().default('') })).nullish())
  .nullish();

/** What Docker and Podman both have in the answer of `inspect --type container`. */
const containerSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  State: z.object({ Status: z.string(), ExitCode: z.number().default(0) }),
  Config: z.object({ Image: z.string().nullish(), Labels: z.record(z.string(), z.string()).nullish() }),
  ImageName: z.string().nullish(),
  HostConfig: z.object({ PortBindings: bindingsSchema }),
  NetworkSettings: z.object({
    Ports: bindingsSchema,
    Networks: z
      .record(z.string(), z.object({ IPAddress: z.string().default(''), Aliases: z.array(z.string()).nullish() }))
      .nullish(),
  }),
  Mounts: z.array(z.object({ Name: z.string().nullish() })).nullish(),
});

type Inspected = z.infer<typeof containerSchema>;

/** Reads the answer of `inspect --type container`; by name. */
export function readContainers(output: string): Container[] {
  return z
    .array(containerSchema)
    .parse(JSON.parse(output || '[]'))
    .map(containerOf)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function containerOf(inspected: Inspected): Container {
  const { Id: id, State, Config, NetworkSettings, HostConfig, Mounts } = inspected;
  const status = statusOf(State.Status);
  const bound = bindingsOf(NetworkSettings.Ports);
  return {
    name: inspected.Name.replace(/^\//, ''),
    id,
    image: Config.Image ?? inspected.ImageName ?? '',
    status,
    ...(['exited', 'dead', 'restarting'].includes(status) && { exitCode: State.ExitCode }),
    labels: Config.Labels ?? {},
    // Only a running container has ports in use; another one has those that it will ask for.
    ports: bound.length > 0 ? bound : bindingsOf(HostConfig.PortBindings),
    networks: Object.entries(NetworkSettings.Networks ?? {}).map(([name, { IPAddress, Aliases }]) => ({
      name,
      address: IPAddress,
      aliases: Aliases ?? [],
    })),
    // Folders of this machine have no name.
    volumes: (Mounts ?? []).flatMap(({ Name }) => Name || []),
  };
}

// Podman has more words for these states than Docker.
function statusOf(status: string): Container['status'] {
  switch (status) {
    case 'created':
    case 'configured':
    case 'initialized':
      return 'created';
    case 'running':
    case 'paused':
    case 'restarting':
    case 'removing':
      return status;
    case 'exited':
    case 'stopped':
    case 'stopping':
      return 'exited';
    default:
      return 'dead';
  }
}

function bindingsOf(ports: z.infer<typeof bindingsSchema>): PortBinding[] {
  return Object.entries(ports ?? {}).flatMap(([port, bindings]) => {
    const [containerPort, protocol = 'tcp'] = port.split('/');
    if (protocol !== 'tcp') return [];
    return (bindings ?? []).flatMap(({ HostIp, HostPort }) => {
      const hostPort = Number(HostPort);
      return hostPort > 0 ? [{ host: HostIp || '0.0.0.0', hostPort, containerPort: Number(containerPort) }] : [];
    });
  });
}
