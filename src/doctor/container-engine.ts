import { formatBytes, gibibyte } from '../bytes.js';
import { missingEngine, type EngineState } from '../containers/find-engine.js';
import type { RunningEngine } from '../containers/read-engine-info.js';
import type { Examination, Finding } from './check.js';
import type { ContainerNeed } from './container-need.js';

/** kind's node, the control plane and the default blueprint's releases. */
const memoryNeeded = 4 * gibibyte;
/** A control plane, its node's daemons and the default releases ask for more than one processor together. */
const cpusNeeded = 2;

/** What is found out of the machine's container engine, once for all who ask. */
export type FindEngine = (signal: AbortSignal) => Promise<EngineState>;

/** Whether a container engine answers: kind and minikube need one, the embedded provider does not. */
export function containerEngine(need: ContainerNeed, engine: FindEngine): Examination {
  return {
    name: 'container engine',
    async examine(signal) {
      const found = await engine(signal);
      if (found.status === 'running') return running(found, need);
      const { message, suggestions } = missingEngine(found);
      if (need === 'no') return { status: 'ok', detail: `${message}; the embedded provider needs none` };
      const fix = suggestions.filter((text) => !text.includes('local.provider'));
      return need === 'yes'
        ? {
            status: 'blocking',
            detail: `${message}; the provider needs it`,
            fix: [...fix, 'or set local.provider: embedded'],
          }
        : {
            status: 'warning',
            detail: `${message}; the embedded provider will be used, which only simulates pods`,
            fix,
          };
    },
  };
}

function running(
  { name, version, system, memoryBytes, cpus, isRootless }: RunningEngine,
  need: ContainerNeed,
): Finding {
  const processors = `${String(cpus)} ${cpus === 1 ? 'processor' : 'processors'}`;
  const detail =
    `${name} ${version}${isRootless ? ' without root' : ''}${system && ` on ${system}`}, ` +
    `${processors}, ${formatBytes(memoryBytes)} of memory`;
  if (need === 'no') return { status: 'ok', detail };
  const short = [
    ...(memoryBytes < memoryNeeded ? [formatBytes(memoryNeeded)] : []),
    ...(cpus < cpusNeeded ? [`${String(cpusNeeded)} processors`] : []),
  ];
  if (short.length === 0) return { status: 'ok', detail };
  return {
    status: 'warning',
    detail: `${detail}; a cluster with the default releases needs about ${short.join(' and ')}`,
    fix: [
      `give ${name} more (Docker Desktop: Settings, Resources; podman machine set), or leave releases out with \`--skip\``,
    ],
  };
}
