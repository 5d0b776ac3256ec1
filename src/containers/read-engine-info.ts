import { z } from 'zod';
import type { EngineName } from './engine.js';

/** A container engine that answers, as it describes itself. */
export interface RunningEngine {
  readonly status: 'running';
  readonly name: EngineName;
  readonly version: string;
  /** The operating system it runs on: `Docker Desktop`, `Debian GNU/Linux 12 (bookworm)`. */
  readonly system: string;
  /** Release of the kernel that containers get; equal to this machine's where no virtual machine is in between. */
  readonly kernel: string;
  /** `1` or `2`. */
  readonly cgroup: string | undefined;
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly isRootless: boolean;
  /** `name=seccomp,profile=default`. */
  readonly security: readonly string[];
  /** Folder of its images and volumes, where it runs. */
  readonly root: string | undefined;
}

const dockerSchema = z.object({
  ServerVersion: z.string().min(1),
  CgroupVersion: z.string().optional(),
  MemTotal: z.number().default(0),
  NCPU: z.number().default(0),
  OperatingSystem: z.string().default(''),
  KernelVersion: z.string().default(''),
  DockerRootDir: z.string().optional(),
  SecurityOptions: z.array(z.string()).nullish(),
});

const podmanSchema = z.object({
  host: z.object({
    cgroupVersion: z.string().optional(),
    cpus: z.number().default(0),
    memTotal: z.number().default(0),
    kernel: z.string().default(''),
    distribution: z.object({ distribution: z.string().default(''), version: z.string().default('') }).optional(),
    security: z.object({ rootless: z.boolean().default(false), seccompEnabled: z.boolean().default(false) }).optional(),
  }),
  store: z.object({ graphRoot: z.string().optional() }).optional(),
  version: z.object({ Version: z.string() }),
});

const errorsSchema = z.object({ ServerErrors: z.array(z.string()).nullish() });

/** Reads the answer of `info --format '{{json .}}'`; the reason where no engine is behind it. */
export function readEngineInfo(stdout: string, stderr: string): RunningEngine | { readonly reason: string } {
  const answer = parse(stdout);
  const docker = dockerSchema.safeParse(answer).data;
  if (docker) {
    const security = docker.SecurityOptions ?? [];
    return {
      status: 'running',
      name: 'docker',
      version: docker.ServerVersion,
      system: docker.OperatingSystem,
      kernel: docker.KernelVersion,
      cgroup: docker.CgroupVersion,
      memoryBytes: docker.MemTotal,
      cpus: docker.NCPU,
      isRootless: security.some((option) => option.startsWith('name=rootless')),
      security,
      root: docker.DockerRootDir || undefined,
    };
  }
  const podman = podmanSchema.safeParse(answer).data;
  if (podman) {
    const { host, store, version } = podman;
    return {
      status: 'running',
      name: 'podman',
      version: version.Version,
      system: [host.distribution?.distribution, host.distribution?.version].filter(Boolean).join(' '),
      kernel: host.kernel,
      cgroup: host.cgroupVersion?.replace(/^v/, ''),
      memoryBytes: host.memTotal,
      cpus: host.cpus,
      isRootless: host.security?.rootless ?? false,
      security: host.security?.seccompEnabled ? ['name=seccomp'] : [],
      root: store?.graphRoot,
    };
  }
  const [error] = errorsSchema.safeParse(answer).data?.ServerErrors ?? [];
  const said = error ?? stderr.trim().split('\n').at(-1) ?? '';
  return { reason: said.replace(/^(ERROR|Error|error): /, '') || 'it says nothing' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
