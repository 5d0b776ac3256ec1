import { join } from 'node:path';
import { z } from 'zod';
import { freePorts } from '../../clusters/embedded/free-ports.js';
import type { HostPrograms } from '../../clusters/host-programs.js';
import { readJsonFile, writeFileAtomically } from '../../files.js';
import { isPortFree } from '../../local/ports.js';
import type { MonitoringUrls } from '../monitoring.js';

/** The programs that monitor an environment whose pods are only simulated. */
export const programNames = ['kube-state-metrics', 'prometheus', 'alertmanager', 'inbox'] as const;
export type ProgramName = (typeof programNames)[number];

const programOf = {
  prometheus: 'prometheus',
  alertmanager: 'alertmanager',
  inbox: 'inbox',
  inboxMetrics: 'inbox',
  kubeStateMetrics: 'kube-state-metrics',
  kubeStateMetricsTelemetry: 'kube-state-metrics',
} as const satisfies Record<string, ProgramName>;
type PortName = keyof typeof programOf;
const portNames = Object.keys(programOf) as PortName[];

/** Ports on 127.0.0.1. */
export type HostPorts = Readonly<Record<PortName, number>>;

const portsSchema = z.record(z.enum(portNames), z.int());

/** The ports that were chosen; `undefined` before the first time. */
export function readHostPorts({ folder }: Pick<HostPrograms, 'folder'>): Promise<HostPorts | undefined> {
  return readJsonFile(fileIn(folder), portsSchema);
}

/** Keeps the ports that there are, except where another program has taken one meanwhile. */
export async function chooseHostPorts(
  host: Pick<HostPrograms, 'folder'>,
  running: ReadonlySet<string>,
): Promise<HostPorts> {
  const known = await readHostPorts(host);
  const isKept = async (name: PortName) =>
    known !== undefined && (running.has(programOf[name]) || (await isPortFree(known[name])));
  const kept = await Promise.all(portNames.map(isKept));
  const chosen = await freePorts(portNames.length);
  const ports = Object.fromEntries(
    portNames.map((name, index) => [name, (kept[index] ? known?.[name] : undefined) ?? chosen[index]]),
  );
  await writeFileAtomically(fileIn(host.folder), `${JSON.stringify(ports, null, 2)}\n`);
  return portsSchema.parse(ports);
}

/** Where people and the product find the programs. */
export function hostUrls({ prometheus, alertmanager, inbox }: HostPorts): MonitoringUrls {
  return { prometheus: urlOf(prometheus), alertmanager: urlOf(alertmanager), inbox: urlOf(inbox) };
}

export function urlOf(port: number): string {
  return `http://127.0.0.1:${String(port)}/`;
}

function fileIn(folder: string): string {
  return join(folder, 'ports.json');
}
