import { request, type RequestOptions } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/**
 * Asks an app behind the ingress over HTTPS: by address and not by name, which need not resolve here, and with nothing
 * trusted but `ca` (PEM).
 */
export function browser(ca: string, port: number) {
  return (url: string, { method = 'GET', headers = {}, body }: Question = {}): Promise<Answer> => {
    const { hostname, pathname, search } = new URL(url);
    const options: RequestOptions = {
      ...{ host: '127.0.0.1', port, servername: hostname, ca, method, timeout: 20_000 },
      path: `${pathname}${search}`,
      headers: { ...headers, host: hostname },
    };
    return new Promise((resolve, reject) => {
      const asked = request(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
        });
      });
      asked.on('timeout', () => asked.destroy(new Error(`${url} did not answer in 20 s`)));
      asked.on('error', reject).end(body);
    });
  };
}

export type Browse = ReturnType<typeof browser>;
