import type { LocalSettings, PortSetting } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import { describePortOwner, isPortFree, portOwner } from '../../local/ports.js';
import type { Processes } from '../../process.js';
import type { ServedPorts } from '../cluster.js';

/** Where the search for another port starts; above the ports that only root may have. */
const spare = { http: 8080, https: 8443 } as const;
const attempts = 100;

/**
 * The ports of 127.0.0.1 that will lead to the ingress: those of the environment, or the next free ones where they are
 * taken and nobody asked for them by number.
 * @throws PlatformError `conflict` that names the port and who has it
 */
export async function choosePorts(ports: LocalSettings['ports'], processes: Processes): Promise<ServedPorts> {
  const http = await choosePort('http', ports.http, processes, new Set([ports.https.number]));
  return { http, https: await choosePort('https', ports.https, processes, new Set([http])) };
}

async function choosePort(
  name: keyof typeof spare,
  { number, isFixed }: PortSetting,
  processes: Processes,
  others: ReadonlySet<number>,
): Promise<number> {
  if (!others.has(number) && (await isPortFree(number))) return number;
  if (isFixed) throw await takenError(name, number, processes);
  for (let port: number = spare[name]; port < spare[name] + attempts; port += 1) {
    if (!others.has(port) && (await isPortFree(port))) return port;
  }
  throw await takenError(name, number, processes);
}

async function takenError(name: string, port: number, processes: Processes): Promise<PlatformError> {
  const owner = await portOwner(port, processes);
  const who = owner ? describePortOwner(owner) : 'another process';
  return new PlatformError('conflict', `port ${String(port)} (local.ports.${name}) is taken by ${who}`, {
    suggestions: [
      `end that process, or see which container it is for: docker ps --filter publish=${String(port)}`,
      `or choose another port: local.ports.${name}`,
    ],
    facts: { port, setting: `local.ports.${name}`, owner },
  });
}
