import type { Explain } from './explanation.js';
import { wordsOf } from './engine-words.js';

/** Failures to get or to give an image. */
export const imageExplanations: readonly Explain[] = [
  (words, { image, what }) =>
    /toomanyrequests|too many requests|rate limit/i.test(words)
      ? {
          code: 'tool',
          message: `the registry of ${image ?? 'an image'} allows no more downloads for now: could not ${what}`,
          suggestions: [
            'log in to it, which raises the limit: docker login',
            'or name a mirror in local.mirrors, or a cache in local.registry.caches',
            'or wait: Docker Hub counts the downloads of the last six hours',
          ],
        }
      : undefined,
  (words, { engine, image }) =>
    image !== undefined &&
    /no such image|does not exist locally|image not known|unable to find a name and tag match/i.test(words)
      ? {
          code: 'tool',
          message: `${engine} has no image ${image}`,
          suggestions: [`build it, or get it with: ${engine} pull ${image}`],
        }
      : undefined,
  (words, { engine, image }) =>
    image !== undefined &&
    /unauthorized|authentication required|no basic auth credentials|pull access denied|requested access to the resource is denied/i.test(
      words,
    )
      ? {
          code: 'tool',
          message: `the registry does not give ${image} to this machine: ${wordsOf(words)}`,
          suggestions: ['check the name', `or log in to its registry: ${engine} login`],
        }
      : undefined,
  (words, { image }) =>
    image !== undefined && /manifest unknown|not found|name unknown|no matching manifest/i.test(words)
      ? {
          code: 'tool',
          message: `there is no image ${image} in its registry${/no matching manifest/i.test(words) ? ' for this kind of processor' : ''}`,
          suggestions: ['check the name and the tag'],
        }
      : undefined,
  (words, { image }) =>
    image !== undefined && /x509: |certificate signed by unknown authority/i.test(words)
      ? {
          code: 'tool',
          message: `the engine does not trust the registry of ${image}: ${wordsOf(words)}`,
          suggestions: [
            'give the engine the authority of your network (https://docs.docker.com/engine/network/ca-certs)',
          ],
        }
      : undefined,
  (words, { image }) =>
    image !== undefined &&
    /no such host|connection refused|i\/o timeout|timeout exceeded|handshake timeout|network is unreachable|connection reset|proxyconnect|no route to host/i.test(
      words,
    )
      ? {
          code: 'tool',
          message: `the registry of ${image} cannot be reached: ${wordsOf(words)}`,
          suggestions: [
            'check the connection, and the proxy of the engine (https://docs.docker.com/engine/daemon/proxy)',
            'or name a mirror in local.mirrors',
          ],
        }
      : undefined,
];
