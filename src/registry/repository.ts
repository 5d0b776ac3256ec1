import { z } from 'zod';
import { PlatformError } from '../errors.js';
import { registryUrl } from './address.js';
import type { RegistrySession } from './session.js';
import { sha256, type ImageStore } from './image-store.js';
import { digestForm, manifestTypes, type RawManifest } from './media-types.js';
import { refusal } from './registry-errors.js';
import type { RegistryAnswer } from './transport.js';

/** What registries are required to take at least, in bytes. */
const maxManifestBytes = 4 * 1024 * 1024;

const tagsSchema = z.object({ tags: z.array(z.string()).nullish() });

/** A repository of a registry, such as `docker.io` and `library/redis`, by the OCI distribution protocol. */
export function repositoryStore(session: RegistrySession, registry: string, repository: string): ImageStore {
  const name = `${registry}/${repository}`;
  const home = `${registryUrl(registry)}/v2/${repository}`;
  const ask = (
    method: 'GET' | 'HEAD' | 'POST' | 'PUT',
    url: string,
    request: Omit<Parameters<RegistrySession['ask']>[1], 'method' | 'registry' | 'repository'>,
  ) => session.ask(url, { ...request, method, registry, repository });

  async function asked(method: 'GET' | 'HEAD', reference: string, signal: AbortSignal) {
    const url = `${home}/manifests/${reference}`;
    const answer = await ask(method, url, { headers: { accept: manifestTypes }, signal });
    if (answer.status === 404) {
      await answer.giveUp();
      return undefined;
    }
    if (answer.status !== 200) throw await refusal(answer, name, `read ${nameOf(reference)}`);
    return answer;
  }

  function nameOf(reference: string | undefined): string {
    return reference === undefined ? name : `${name}${digestForm.test(reference) ? '@' : ':'}${reference}`;
  }

  async function manifest(reference: string, signal: AbortSignal): Promise<RawManifest | undefined> {
    const answer = await asked('GET', reference, signal);
    if (!answer) return undefined;
    const bytes = await bytesOf(answer, nameOf(reference));
    const digest = sha256(bytes);
    const wanted = digestForm.test(reference) ? reference : (header(answer, 'docker-content-digest') ?? digest);
    if (wanted !== digest) throw new PlatformError('tool', `${name} gave something else for ${wanted}: ${digest}`);
    const mediaType = (header(answer, 'content-type') ?? '').replace(/;.*/, '').trim();
    return { bytes, digest, mediaType };
  }

  return {
    name,
    manifest,
    async digestOf(reference, signal) {
      const answer = await asked('HEAD', reference, signal);
      if (!answer) return undefined;
      await answer.giveUp();
      const said = header(answer, 'docker-content-digest');
      // Not every registry says it in a header; it is what the bytes of the manifest are.
      return said !== undefined && digestForm.test(said) ? said : (await manifest(reference, signal))?.digest;
    },
    async hasTags(signal) {
      const answer = await ask('GET', `${home}/tags/list?n=1`, { signal });
      if (answer.status === 404) {
        await answer.giveUp();
        return false;
      }
      if (answer.status !== 200) throw await refusal(answer, name, 'list its tags');
      const { tags } = tagsSchema.parse(JSON.parse((await bytesOf(answer, name)).toString('utf8')));
      return (tags ?? []).length > 0;
    },
    async hasBlob({ digest }, signal) {
      const answer = await ask('HEAD', `${home}/blobs/${digest}`, { signal });
      if (answer.status !== 200 && answer.status !== 404) throw await refusal(answer, name, `look for ${digest}`);
      await answer.giveUp();
      return answer.status === 200;
    },
    async blob({ digest }, signal) {
      const answer = await ask('GET', `${home}/blobs/${digest}`, { signal });
      if (answer.status !== 200) throw await refusal(answer, name, `read ${digest}`);
      return answer.body;
    },
    async putBlob({ digest, size }, open, signal) {
      const begun = await ask('POST', `${home}/blobs/uploads/`, { headers: { 'content-length': '0' }, signal });
      const location = header(begun, 'location');
      if (begun.status !== 202 || location === undefined) throw await refusal(begun, name, `take ${digest}`);
      await begun.giveUp();
      const url = new URL(location, home);
      url.searchParams.set('digest', digest);
      const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
      const answer = await ask('PUT', url.href, { headers, body: open, signal });
      if (answer.status !== 201) throw await refusal(answer, name, `take ${digest}`);
      await answer.giveUp();
    },
    async putManifest({ bytes, digest, mediaType }, { tag }, signal) {
      const headers = { 'content-type': mediaType, 'content-length': String(bytes.length) };
      const body = () => Promise.resolve(chunksOf(bytes));
      const answer = await ask('PUT', `${home}/manifests/${tag ?? digest}`, { headers, body, signal });
      if (answer.status !== 201) throw await refusal(answer, name, `take ${nameOf(tag ?? digest)}`);
      await answer.giveUp();
    },
  };
}

async function bytesOf({ body }: RegistryAnswer, what: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxManifestBytes) throw new PlatformError('tool', `what ${what} says is far longer than expected`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function header({ headers }: RegistryAnswer, name: string): string | undefined {
  return [headers[name] ?? []].flat()[0];
}

async function* chunksOf(bytes: Buffer): AsyncIterable<Buffer> {
  yield await Promise.resolve(bytes);
}
