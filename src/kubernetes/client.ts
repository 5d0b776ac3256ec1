import { Agent, type RequestOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '../errors.js';
import { ApiError } from './api-errors.js';
import { exchange, type Exchange } from './exchange.js';
import { fieldManager, type KubernetesObject } from './objects.js';
import { resourcePath } from './resource-path.js';

/** Milliseconds a request may go without an answer before the API server counts as not answering. */
const answerTimeoutMs = 5_000;

/**
 * How often a server that is too busy for a request, or puts the storage of a definition together anew, is asked, and
 * how long after its refusal: the second that it asks for itself. Nothing was done then, so nothing is done twice.
 */
const busyAttempts = 10;
const busyWaitMs = 1_000;
const mergePatchType = 'application/merge-patch+json';

export interface ConnectOptions {
  /** Milliseconds a request may go without a sign of life; 5,000 without it. */
  readonly answerTimeoutMs?: number;
}

export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Asks for names, labels and annotations only (PartialObjectMetadataList). */
  readonly metadataOnly?: boolean;
}

export interface ApplyOptions {
  /** Field manager; `platform` without it. */
  readonly manager?: string;
  /** Takes fields over from other managers instead of failing. */
  readonly force?: boolean;
  /** Answers what the object would be; nothing is changed. */
  readonly dryRun?: boolean;
  /** Path of the object, where {@link resourcePath} cannot know it: custom resources. */
  readonly path?: string;
  /** Milliseconds, instead of those of the connection. */
  readonly answerTimeoutMs?: number;
}

/** A write that is only tried. */
export interface DryRun {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  /** Of a collection for POST, of an object for the others. */
  readonly path: string;
  /** The object to create, or a JSON merge patch. */
  readonly body?: object;
  /** Milliseconds, instead of those of the connection: each webhook that is asked may take up to 30,000. */
  readonly answerTimeoutMs?: number;
}

/** What an object must still be to be deleted. */
export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** A connection to one API server; a thin layer over its REST interface, by path. */
export interface ClusterClient {
  readonly server: string;
  /** Requests made so far. */
  readonly requests: number;
  /**
   * The object at a path such as `/api/v1/namespaces/default`; `undefined` when there is none. `accept` asks for
   * another form of it than plain JSON.
   */
  get<T = KubernetesObject>(path: string, signal?: AbortSignal, accept?: string): Promise<T | undefined>;
  /** All items of a collection path. */
  list<T = KubernetesObject>(path: string, options?: ListOptions, signal?: AbortSignal): Promise<readonly T[]>;
  /** Text at a path that does not answer in JSON: logs, metrics. */
  text(path: string, signal?: AbortSignal): Promise<string>;
  /**
   * Calls back for each whole line of a text that is still being written, such as a followed log, until the server
   * ends it or the signal aborts; both are a normal end.
   */
  stream(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void>;
  /** Server-side apply; a conflict is an {@link ApiError} with status 409 that names the other manager. */
  apply(object: KubernetesObject, signal?: AbortSignal, options?: ApplyOptions): Promise<KubernetesObject>;
  /** Creates an object at its collection; an existing one is an {@link ApiError} with status 409. */
  create<T = KubernetesObject>(collection: string, object: object, signal?: AbortSignal): Promise<T>;
  /** Replaces an object; with a resourceVersion in it this is compare-and-set. */
  replace<T = KubernetesObject>(path: string, object: object, signal?: AbortSignal): Promise<T>;
  /** Lets the API server go through a write, admission included, without doing it; its refusal is an {@link ApiError}. */
  dryRun<T = KubernetesObject>(write: DryRun, signal?: AbortSignal): Promise<T>;
  /**
   * JSON merge patch, in which null removes a field; with a resourceVersion or uid in its metadata this is
   * compare-and-set.
   */
  patch<T = KubernetesObject>(path: string, mergePatch: object, signal?: AbortSignal): Promise<T>;
  /** Deletes an object with what it owns; absent is fine. Preconditions that do not hold are an {@link ApiError} 409. */
  delete(path: string, signal?: AbortSignal, preconditions?: Preconditions): Promise<void>;
  close(): void;
}

/**
 * Connects by one context of a kubeconfig file; credentials in every form that kubectl knows, plugins included.
 * @throws PlatformError `conflict` when the file has no such context.
 */
export async function connect(
  kubeconfig: string,
  context: string,
  options: ConnectOptions = {},
): Promise<ClusterClient> {
  // The library takes long to load, and `--help` does not need it.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  if (!config.getContextObject(context)) {
    throw new PlatformError('conflict', `${kubeconfig} has no context ${context}`);
  }
  config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server ?? '';
  const credentials: RequestOptions = {};
  await config.applyToHTTPSOptions(credentials);
  return new RestClient(server, credentials, options.answerTimeoutMs ?? answerTimeoutMs);
}

/** What is not said is as of the connection. */
type Call = Pick<Exchange, 'method' | 'path'> & Partial<Exchange>;

class RestClient implements ClusterClient {
  requests = 0;
  private readonly agent: Agent;
  /** Streams stay open, and must not take the connections that everything else needs. */
  private readonly streamAgent: Agent;

  constructor(
    readonly server: string,
    private readonly credentials: RequestOptions,
    private readonly timeoutMs: number,
  ) {
    const { ca, cert, key, rejectUnauthorized, servername } = credentials;
    const tls = { ca, cert, key, rejectUnauthorized, ...(servername !== undefined && { servername }) };
    this.agent = new Agent({ keepAlive: true, maxSockets: 8, ...tls });
    this.streamAgent = new Agent(tls);
  }

  async get<T>(path: string, signal?: AbortSignal, accept?: string): Promise<T | undefined> {
    try {
      return await this.json<T>({ method: 'GET', path, signal, ...(accept && { accept }) });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  async list<T>(path: string, options: ListOptions = {}, signal?: AbortSignal): Promise<readonly T[]> {
    const { metadataOnly, ...selectors } = options;
    const query = new URLSearchParams(selectors).toString();
    const accept = metadataOnly ? 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' : undefined;
    const list = await this.json<{ items: T[] | null }>({
      method: 'GET',
      path: query ? `${path}?${query}` : path,
      ...(accept && { accept }),
      signal,
    });
    // An empty list of metadata comes as null.
    return list.items ?? [];
  }

  text(path: string, signal?: AbortSignal): Promise<string> {
    return this.call({ method: 'GET', path, accept: '*/*', signal });
  }

  async stream(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void> {
    // A log in which nothing happens may keep even its headers back, so silence is no failure here.
    const call = { method: 'GET', path, accept: '*/*', signal, agent: this.streamAgent, timeoutMs: 0 };
    let rest = '';
    try {
      await this.send(call, (chunk) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    if (rest) onLine(rest);
  }

  apply(
    object: KubernetesObject,
    signal?: AbortSignal,
    { manager = fieldManager, force, dryRun, path = resourcePath(object), answerTimeoutMs }: ApplyOptions = {},
  ): Promise<KubernetesObject> {
    const query = { fieldManager: manager, ...(force && { force: 'true' }), ...(dryRun && { dryRun: 'All' }) };
    return this.json({
      method: 'PATCH',
      path: `${path}?${new URLSearchParams(query).toString()}`,
      body: object,
      // The server takes JSON for YAML.
      contentType: 'application/apply-patch+yaml',
      ...(answerTimeoutMs !== undefined && { timeoutMs: answerTimeoutMs }),
      signal,
    });
  }

  create<T>(collection: string, object: object, signal?: AbortSignal): Promise<T> {
    return this.json<T>({ method: 'POST', path: `${collection}?fieldManager=${fieldManager}`, body: object, signal });
  }

  replace<T>(path: string, object: object, signal?: AbortSignal): Promise<T> {
    return this.json<T>({ method: 'PUT', path: `${path}?fieldManager=${fieldManager}`, body: object, signal });
  }

  patch<T>(path: string, mergePatch: object, signal?: AbortSignal): Promise<T> {
    return this.json<T>({
      method: 'PATCH',
      path: `${path}?fieldManager=${fieldManager}`,
      body: mergePatch,
      contentType: mergePatchType,
      signal,
    });
  }

  dryRun<T>({ method, path, body, answerTimeoutMs }: DryRun, signal?: AbortSignal): Promise<T> {
    return this.json<T>({
      method,
      path: `${path}?fieldManager=${fieldManager}&dryRun=All`,
      // A DELETE must have no body: one would make the server pass over the query, and really delete.
      ...(method !== 'DELETE' && body && { body }),
      ...(method === 'PATCH' && { contentType: mergePatchType }),
      ...(answerTimeoutMs !== undefined && { timeoutMs: answerTimeoutMs }),
      signal,
    });
  }

  async delete(path: string, signal?: AbortSignal, preconditions?: Preconditions): Promise<void> {
    const body = { propagationPolicy: 'Background', ...(preconditions && { preconditions }) };
    try {
      await this.call({ method: 'DELETE', path, body, signal });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }

  close(): void {
    this.agent.destroy();
    this.streamAgent.destroy();
  }

  private async json<T>(call: Call): Promise<T> {
    return JSON.parse(await this.call(call)) as T;
  }

  private async call(call: Call): Promise<string> {
    for (let refusals = 1; ; refusals += 1) {
      const chunks: string[] = [];
      try {
        await this.send(call, (chunk) => chunks.push(chunk));
        return chunks.join('');
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 429) || refusals === busyAttempts) throw error;
        await sleep(busyWaitMs, undefined, call.signal ? { signal: call.signal } : {}).catch(() => undefined);
        call.signal?.throwIfAborted();
      }
    }
  }

  private send(call: Call, onText: (chunk: string) => void): Promise<void> {
    this.requests += 1;
    const { server, credentials, agent, timeoutMs } = this;
    return exchange({ server, credentials, agent, timeoutMs, ...call }, onText);
  }
}
