import { createHash } from 'node:crypto';
import { PlatformError } from '../errors.js';
import type { Answer, Network } from '../network.js';
import { registryUrl } from './address.js';
import type { CredentialsOf } from './docker-credentials.js';
import { createGrants } from './grants.js';
import { imageReference, type ImageReference } from './image-reference.js';
import { digestForm, manifestTypes } from './media-types.js';

/** The digest of an image's manifest or index, or why it is not known: a clause for people. */
export type ImageDigest = { readonly digest: string } | { readonly digest: null; readonly reason: string };

/** Asks registries what they have now, by the OCI distribution protocol. */
export interface Registries {
  /** Never rejects but for the signal: what a registry does not tell is an answer, too. */
  digestOf(image: string, signal: AbortSignal): Promise<ImageDigest>;
}

export interface RegistriesOptions {
  readonly network: Pick<Network, 'reachable' | 'ask'>;
  readonly credentials: CredentialsOf;
}

export function createRegistries({ network, credentials }: RegistriesOptions): Registries {
  const grantFor = createGrants(network, credentials);

  return {
    async digestOf(image, signal) {
      const reference = imageReference(image);
      if (!reference) return { digest: null, reason: 'it is not an image reference' };
      if (reference.digest !== undefined) return { digest: reference.digest };
      try {
        const answer = await network.reachable(`${registryUrl(reference.registry)}/v2/`, signal);
        if (!answer.reachable) return { digest: null, reason: `${reference.registry}: ${answer.reason}` };
        return await digestFrom(reference, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof PlatformError)) throw error;
        return { digest: null, reason: error.message };
      }
    },
  };

  async function digestFrom(reference: ImageReference, signal: AbortSignal): Promise<ImageDigest> {
    const { registry, repository, tag = 'latest' } = reference;
    const url = `${registryUrl(registry)}/v2/${repository}/manifests/${tag}`;
    const head = await ask(url, 'HEAD', registry, signal);
    if (head.status !== 200) return { digest: null, reason: `${registry} ${inWords(head.status)}` };
    const said = digestIn(head);
    if (said !== undefined) return { digest: said };
    // Not every registry says it in a header; it is what the bytes of the manifest are.
    const whole = await ask(url, 'GET', registry, signal);
    if (whole.status !== 200) return { digest: null, reason: `${registry} ${inWords(whole.status)}` };
    return { digest: digestIn(whole) ?? `sha256:${createHash('sha256').update(whole.body).digest('hex')}` };
  }

  async function ask(url: string, method: 'HEAD' | 'GET', registry: string, signal: AbortSignal): Promise<Answer> {
    const request = (authorization?: string) =>
      network.ask(url, {
        method,
        headers: { accept: manifestTypes, ...(authorization !== undefined && { authorization }) },
        signal,
      });
    const first = await request();
    if (first.status !== 401) return first;
    const authorization = await grantFor(first, registry, signal);
    return authorization === undefined ? first : request(authorization);
  }
}

function digestIn({ headers }: Answer): string | undefined {
  const digest = [headers['docker-content-digest'] ?? ''].flat()[0] ?? '';
  return digestForm.test(digest) ? digest : undefined;
}

function inWords(status: number): string {
  switch (status) {
    case 401:
    case 403:
      return 'does not show it without a login';
    case 404:
      return 'does not have it';
    case 429:
      return 'allows no more requests for now';
    default:
      return `answered ${String(status)}`;
  }
}
