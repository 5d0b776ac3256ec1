import type { ImageSource } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import type { ImageStore } from '../registry/image-store.js';
import { isSilent } from '../registry/registry-errors.js';
import { repositoryStore } from '../registry/repository.js';
import type { RegistrySession } from '../registry/session.js';
import { contentTag } from './content-hash.js';
import type { ImageDestination } from './destination.js';

/** Where an image of ours is, or will be when it is built. */
export interface ImageTag {
  /** With the host of the registry: `localhost:5001/auth`. */
  readonly repository: string;
  /** Of its sources as they are now; see {@link contentTag}. */
  readonly tag: string;
}

/** The images that an environment builds from its own sources. */
export interface Images {
  readonly names: readonly string[];
  /** @throws PlatformError `usage` when there is no such image */
  source(name: string): ImageSource;
  /** Known before it is built. The sources are read once a run. */
  reference(name: string): Promise<ImageTag>;
  /** `sha256:…` in the registry; `undefined` while it is not there, or the registry does not answer. */
  digest(name: string, signal: AbortSignal): Promise<string | undefined>;
  /** Its repository in the registry. */
  store(name: string): Promise<ImageStore>;
  /** Notes what was pushed. */
  built(name: string, digest: string): void;
}

export interface ImagesOptions {
  readonly sources: Readonly<Record<string, ImageSource>>;
  /** Asked each time: the registry on this machine can get another port while a run goes on. */
  readonly destination: () => Promise<ImageDestination>;
  readonly session: RegistrySession;
}

export function createImages({ sources, destination, session }: ImagesOptions): Images {
  const names = Object.keys(sources);
  const tags = new Map<string, Promise<string>>();
  const digests = new Map<string, string>();

  function source(name: string): ImageSource {
    const found = sources[name];
    if (found) return found;
    throw new PlatformError('usage', `the environment builds no image ${name}`, {
      suggestions: [
        names.length > 0 ? `its images are ${names.join(', ')}` : 'images are made under `images` in its file',
      ],
    });
  }

  function tagOf(name: string): Promise<string> {
    const tag = tags.get(name) ?? contentTag(name, source(name));
    tags.set(name, tag);
    return tag;
  }

  async function store(name: string): Promise<ImageStore> {
    const target = await destination();
    return repositoryStore(session, target.registry, target.path(name));
  }

  return {
    names,
    source,
    store,
    async reference(name) {
      const [target, tag] = await Promise.all([destination(), tagOf(name)]);
      return { repository: `${target.registry}/${target.path(name)}`, tag };
    },
    async digest(name, signal) {
      const known = digests.get(name);
      if (known !== undefined) return known;
      try {
        // That it is not there is not remembered: the registry may only be starting.
        const found = await (await store(name)).digestOf(await tagOf(name), signal);
        if (found !== undefined) digests.set(name, found);
        return found;
      } catch (error) {
        if (isSilent(error)) return undefined;
        throw error;
      }
    },
    built(name, digest) {
      digests.set(name, digest);
    },
  };
}
