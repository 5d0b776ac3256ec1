import { join } from 'node:path';
import { keptPorts, urlOf, type KeptPorts } from '../../clusters/host-programs/ports.js';
import type { HostPrograms } from '../../clusters/host-programs.js';
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

/** Ports on 127.0.0.1. */
export type HostPorts = Readonly<Record<PortName, number>>;

/** The ports that were chosen; `undefined` before the first time. */
export function readHostPorts(host: Pick<HostPrograms, 'folder'>): Promise<HostPorts | undefined> {
  return portsOf(host).read();
}

/** Keeps the ports that there are, except where another program has taken one meanwhile. */
export function chooseHostPorts(host: Pick<HostPrograms, 'folder'>, running: ReadonlySet<string>): Promise<HostPorts> {
  return portsOf(host).choose(running);
}

/** Where people and the product find the programs. */
export function hostUrls({ prometheus, alertmanager, inbox }: HostPorts): MonitoringUrls {
  return { prometheus: urlOf(prometheus), alertmanager: urlOf(alertmanager), inbox: urlOf(inbox) };
}

function portsOf({ folder }: Pick<HostPrograms, 'folder'>): KeptPorts<PortName> {
  return keptPorts(join(folder, 'ports.json'), programOf);
}
