import { z } from 'zod';
import type { Progress } from '../../plan/events.js';

/** What minikube prints with `--output json`: a CloudEvent on each line; numbers come as texts. */
const eventSchema = z.object({
  type: z.string(),
  data: z.object({
    message: z.string().optional(),
    /** Of a step: its stage. Of an error: its id, such as `PROVIDER_DOCKER_NOT_RUNNING`. */
    name: z.string().optional(),
    advice: z.string().optional(),
    url: z.string().optional(),
    issues: z.string().optional(),
    exitcode: z.string().optional(),
    artifact: z.string().optional(),
    progress: z.string().optional(),
  }),
});

const types = 'io.k8s.sigs.minikube.';

export interface MinikubeError {
  /** Absent for words on the way to one. */
  readonly id: string | undefined;
  readonly message: string;
  readonly advice: string | undefined;
  /** Documentation and issues about it. */
  readonly links: readonly string[];
}

export type MinikubeEvent =
  { readonly type: 'progress'; readonly progress: Progress } | ({ readonly type: 'error' } & MinikubeError);

/** What a line of minikube's output tells; `undefined` for all else, such as the text that it sometimes mixes in. */
export function readEvent(line: string): MinikubeEvent | undefined {
  const event = eventSchema.safeParse(jsonOf(line)).data;
  if (!event?.type.startsWith(types)) return undefined;
  const { data } = event;
  const message = plainWords(data.message ?? '');
  switch (event.type.slice(types.length)) {
    case 'step':
      return message === '' ? undefined : { type: 'progress', progress: { message } };
    case 'download':
    case 'download.progress':
      return { type: 'progress', progress: { message: downloading(data.artifact ?? '', data.progress) } };
    case 'error': {
      const links = [data.url ?? '', ...(data.issues ?? '').split(',')].filter((link) => link !== '');
      return { type: 'error', id: data.name || undefined, message, advice: data.advice?.trim() || undefined, links };
    }
    default:
      return undefined;
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Without the emoji, or the sign in its place, that minikube begins with, and with a small letter. */
function plainWords(text: string): string {
  const words = text
    .trim()
    .replace(/^(?:[*!X-]|[\p{Extended_Pictographic}\u{FE0F}\u{200D}]+)\s+/u, '')
    .replace(/\s*\.\.\.$/, '');
  return /^(?:[A-Z]{2}|Docker|Kubernetes|Podman)/.test(words) ? words : words.charAt(0).toLowerCase() + words.slice(1);
}

function downloading(artifact: string, progress: string | undefined): string {
  // A preload's name says more than its folders.
  const name =
    artifact
      .replace(/[?#].*$/, '')
      .split('/')
      .at(-1) ?? artifact;
  const share = Number(progress);
  return progress === undefined || Number.isNaN(share)
    ? `downloading ${name}`
    : `downloading ${name}: ${String(Math.floor(share * 100))} %`;
}
