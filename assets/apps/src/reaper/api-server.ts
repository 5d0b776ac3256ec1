import { request, type RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import type { RestoreApi, WriteAnswer } from './restore-api.js';

/** Whole answers are small; a server that is starting may still be slow. */
const answerWithinMs = 10_000;
const fieldManager = 'platform-reaper';

export interface ReaperApi extends RestoreApi {
  /** Creates an object in its collection; `conflict` when there is one already, `gone` when its namespace is not there. */
  create(collection: string, object: object): Promise<WriteAnswer>;
}

/** The API server does not want to, such as for lack of rights. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';

  constructor(
    readonly status: number,
    call: string,
    answer: string,
  ) {
    super(`the API server answered ${String(status)} to ${call}: ${wordsOf(answer)}`);
  }
}

/**
 * Each call is a connection of its own, with token and certificates as they are in that moment: they are replaced while
 * a pod lives, and nothing is left of an API server that went away.
 * @param kubeconfig path of the file, whose current context counts; without it this is a pod
 * @param signal ends all calls
 */
export function connectApiServer(kubeconfig: string | undefined, signal: AbortSignal): ReaperApi {
  async function call(method: string, path: string, body?: object, contentType = 'application/json') {
    const { server, options } = await access(kubeconfig);
    const url = new URL(server.replace(/\/$/, '') + path);
    const content = body === undefined ? undefined : JSON.stringify(body);
    const within = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]);
    return new Promise<{ status: number; answer: string }>((resolve, reject) => {
      const asked = request(
        url,
        {
          ...options,
          method,
          signal: within,
          headers: {
            ...(options.headers as Readonly<Record<string, string>> | undefined),
            accept: 'application/json',
            ...(content !== undefined && {
              'content-type': contentType,
              'content-length': Buffer.byteLength(content),
            }),
          },
        },
        (response) => {
          text(response).then((answer) => {
            resolve({ status: response.statusCode ?? 0, answer });
          }, reject);
        },
      );
      asked.on('error', reject);
      asked.end(content);
    });
  }

  async function read(path: string): Promise<unknown> {
    const { status, answer } = await call('GET', path);
    if (status === 404) return undefined;
    if (status !== 200) throw new ApiRefusal(status, `GET ${path}`, answer);
    return JSON.parse(answer) as unknown;
  }

  async function write(method: string, path: string, body: object, contentType?: string): Promise<WriteAnswer> {
    const target = method === 'DELETE' ? path : `${path}?fieldManager=${fieldManager}`;
    const { status, answer } = await call(method, target, body, contentType);
    if (status >= 200 && status < 300) return 'done';
    if (status === 404) return 'gone';
    if (status === 409) return 'conflict';
    throw new ApiRefusal(status, `${method} ${path}`, answer);
  }

  return {
    get: read,
    async list(path, labelSelector) {
      const list = await read(`${path}?labelSelector=${encodeURIComponent(labelSelector)}`);
      return (list as { readonly items?: readonly unknown[] | null } | undefined)?.items ?? [];
    },
    create: (collection, object) => write('POST', collection, object),
    replace: (path, object) => write('PUT', path, object),
    patch: (path, mergePatch) => write('PATCH', path, mergePatch, 'application/merge-patch+json'),
    delete: (path, preconditions) =>
      write('DELETE', path, { propagationPolicy: 'Background', ...(preconditions && { preconditions }) }),
  };
}

async function access(kubeconfig: string | undefined): Promise<{ server: string; options: RequestOptions }> {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromCluster();
  else config.loadFromFile(kubeconfig);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error(`${kubeconfig ?? 'the pod'} names no API server`);
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return { server, options };
}

function wordsOf(answer: string): string {
  try {
    return (JSON.parse(answer) as { readonly message?: string }).message ?? answer;
  } catch {
    return answer.trim();
  }
}
