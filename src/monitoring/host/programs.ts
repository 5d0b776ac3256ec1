import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { appProgram } from '../../clusters/host-programs/built-app.js';
import { urlOf } from '../../clusters/host-programs/ports.js';
import type { AnsweringProgram } from '../../clusters/host-programs/start.js';
import { asset } from '../../paths.js';
import type { ToolName } from '../../toolchain/pins.js';
import type { HostPorts, ProgramName } from './ports.js';

/** The tools that they are. */
export const monitoringTools = ['kube-state-metrics', 'prometheus', 'alertmanager'] as const satisfies ToolName[];

interface MonitoringProgram extends AnsweringProgram {
  readonly name: ProgramName;
}

export interface ProgramOptions {
  /** Folder of their files. */
  readonly folder: string;
  readonly ports: HostPorts;
  /** Paths of the tools. */
  readonly tools: Readonly<Record<(typeof monitoringTools)[number], string>>;
  /** Of Alertmanager. */
  readonly features: readonly string[];
  /** The inbox's program, which Node runs. */
  readonly inbox: string;
}

/** Far more than a rehearsal writes in a day. */
const retention = ['--storage.tsdb.retention.time=1d', '--storage.tsdb.retention.size=200MB'];

/** How the programs are started; all listen on 127.0.0.1 only. */
export async function monitoringPrograms({
  folder,
  ports,
  tools,
  features,
  inbox,
}: ProgramOptions): Promise<MonitoringProgram[]> {
  const local = (port: number) => `127.0.0.1:${String(port)}`;
  const runbooks = asset('assets', 'runbooks');
  return [
    {
      name: 'kube-state-metrics',
      path: tools['kube-state-metrics'],
      args: [
        `--kubeconfig=${join(folder, 'kubeconfig')}`,
        '--host=127.0.0.1',
        `--port=${String(ports.kubeStateMetrics)}`,
        '--telemetry-host=127.0.0.1',
        `--telemetry-port=${String(ports.kubeStateMetricsTelemetry)}`,
      ],
      readyAt: `${urlOf(ports.kubeStateMetrics)}healthz`,
    },
    {
      name: 'alertmanager',
      path: tools.alertmanager,
      args: [
        `--config.file=${alertmanagerFile(folder)}`,
        `--storage.path=${join(folder, 'alertmanager')}`,
        // There is no other one to talk to.
        '--cluster.listen-address=',
        `--web.listen-address=${local(ports.alertmanager)}`,
        `--web.external-url=${urlOf(ports.alertmanager)}`,
        ...(features.length > 0 ? [`--enable-feature=${features.join(',')}`] : []),
      ],
      readyAt: `${urlOf(ports.alertmanager)}-/ready`,
    },
    {
      name: 'prometheus',
      path: tools.prometheus,
      args: [
        `--config.file=${prometheusFile(folder)}`,
        `--storage.tsdb.path=${join(folder, 'prometheus')}`,
        ...retention,
        `--web.listen-address=${local(ports.prometheus)}`,
        `--web.external-url=${urlOf(ports.prometheus)}`,
        '--web.enable-lifecycle',
      ],
      readyAt: `${urlOf(ports.prometheus)}-/ready`,
    },
    {
      ...(await appProgram('inbox', inbox, {
        HOST: '127.0.0.1',
        PORT: String(ports.inbox),
        METRICS_PORT: String(ports.inboxMetrics),
        DELIVERIES_FILE: join(folder, 'deliveries.jsonl'),
        ...(existsSync(runbooks) && { RUNBOOKS_FOLDER: runbooks }),
      })),
      readyAt: `${urlOf(ports.inbox)}health/ready`,
    },
  ];
}

export function prometheusFile(folder: string): string {
  return join(folder, 'prometheus.yml');
}

export function alertmanagerFile(folder: string): string {
  return join(folder, 'alertmanager.yml');
}
