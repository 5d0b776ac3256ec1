import type { Dispatcher } from 'undici';
import { messageOf, systemCode } from './errors.js';

/**
 * Connections by the user's proxy settings. Loaded when first needed: a run with nothing to fetch should not pay for it.
 * @param options.timeoutMs how long making a connection may take
 * @param options.ca certificates in PEM that are trusted, instead of the usual ones
 */
export async function openDispatcher(
  variables: Readonly<Record<string, string | undefined>>,
  { timeoutMs, ca }: { readonly timeoutMs: number; readonly ca?: readonly string[] },
): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await import('undici');
  // Empty texts keep undici from reading this process's own variables.
  return new EnvHttpProxyAgent({
    httpProxy: variables['http_proxy'] || variables['HTTP_PROXY'] || '',
    httpsProxy: variables['https_proxy'] || variables['HTTPS_PROXY'] || '',
    // No proxy knows what this machine means by itself.
    noProxy: [variables['no_proxy'] || variables['NO_PROXY'], 'localhost', '127.0.0.1'].filter(Boolean).join(','),
    // Many proxies tunnel to port 443 only.
    proxyTunnel: false,
    connect: { timeout: timeoutMs, ...(ca && { ca: [...ca] }) },
    // Of the host behind a proxy.
    ...(ca && { requestTls: { ca: [...ca] } }),
  });
}

/** Why a host could not be talked to. */
export function wordsOf(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name could not be resolved';
    case 'ECONNREFUSED':
      return 'it refused the connection';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return 'it closed the connection';
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
      return 'it did not answer in time';
    case 'UND_ERR_BODY_TIMEOUT':
      return 'it fell silent';
    default:
      return messageOf(error);
  }
}
