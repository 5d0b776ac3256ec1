import { z } from 'zod';
import { formatDuration } from '../clock.js';
import { PlatformError } from '../errors.js';
import type { Processes } from '../process.js';
import { unlessAborted } from '../unless-aborted.js';
import { formatBytes, gibibyte } from '../bytes.js';
import type { Examination } from './check.js';
import type { ContainerNeed } from './container-need.js';

const infoSchema = z.object({
  ServerVersion: z.string().default(''),
  CgroupVersion: z.string().optional(),
  MemTotal: z.number().default(0),
  OperatingSystem: z.string().default(''),
  ServerErrors: z.array(z.string()).nullish(),
});

/** What `docker info` says; `absent` without a client, `silent` without an engine behind it. */
export type ContainerEngine =
  | {
      readonly status: 'running';
      readonly version: string;
      readonly system: string;
      readonly cgroup: string | undefined;
      readonly memoryBytes: number;
    }
  | { readonly status: 'silent'; readonly reason: string }
  | { readonly status: 'absent' };

/** kind's node, the control plane and the default blueprint's releases. */
const memoryNeeded = 4 * gibibyte;

/** An engine that is starting up or hung lets its client wait for ever. */
const answerWithinMs = 4000;

export async function findContainerEngine(processes: Processes, signal: AbortSignal): Promise<ContainerEngine> {
  const silence = AbortSignal.timeout(answerWithinMs);
  const waiting = AbortSignal.any([signal, silence]);
  const args = ['info', '--format', '{{json .}}'];
  try {
    const answer = processes.run('docker', args, { signal: waiting, allowFailure: true });
    const { stdout, stderr } = await unlessAborted(answer, waiting);
    return readDockerInfo(stdout, stderr);
  } catch (error) {
    if (silence.aborted) return { status: 'silent', reason: `it says nothing for ${formatDuration(answerWithinMs)}` };
    if (error instanceof PlatformError && error.code === 'prerequisite') return { status: 'absent' };
    throw error;
  }
}

/** Reads the answer of `docker info --format '{{json .}}'`, which is there also when no engine is. */
export function readDockerInfo(stdout: string, stderr: string): ContainerEngine {
  const info = parse(stdout);
  if (!info?.ServerVersion) {
    const reason = info?.ServerErrors?.[0] ?? stderr.trim().split('\n').at(-1) ?? '';
    return { status: 'silent', reason: reason || 'it says nothing' };
  }
  return {
    status: 'running',
    version: info.ServerVersion,
    system: info.OperatingSystem,
    cgroup: info.CgroupVersion,
    memoryBytes: info.MemTotal,
  };
}

/** Whether a container engine answers: kind and minikube need one, the embedded provider does not. */
export function containerEngine(
  need: ContainerNeed,
  engine: (signal: AbortSignal) => Promise<ContainerEngine>,
): Examination {
  return {
    name: 'container engine',
    async examine(signal) {
      const found = await engine(signal);
      if (found.status === 'running') return running(found, need);
      const what = found.status === 'absent' ? 'there is no docker on PATH' : `docker does not answer: ${found.reason}`;
      if (need === 'no') return { status: 'ok', detail: `${what}; the embedded provider needs none` };
      const fix = [
        found.status === 'absent' ? 'install Docker (https://docs.docker.com/engine/install)' : 'start Docker',
      ];
      return need === 'yes'
        ? {
            status: 'blocking',
            detail: `${what}; the provider needs it`,
            fix: [...fix, 'or set local.provider: embedded'],
          }
        : { status: 'warning', detail: `${what}; the embedded provider will be used, which only simulates pods`, fix };
    },
  };
}

function running(
  { version, system, memoryBytes }: Extract<ContainerEngine, { status: 'running' }>,
  need: ContainerNeed,
) {
  const detail = `docker ${version}${system && ` on ${system}`}, ${formatBytes(memoryBytes)} of memory`;
  if (need === 'no' || memoryBytes >= memoryNeeded) return { status: 'ok' as const, detail };
  return {
    status: 'warning' as const,
    detail: `${detail}; a cluster with the default releases needs about ${formatBytes(memoryNeeded)}`,
    fix: ['give Docker more memory (Docker Desktop: Settings, Resources), or leave releases out with `--skip`'],
  };
}

function parse(text: string): z.infer<typeof infoSchema> | undefined {
  try {
    return infoSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
