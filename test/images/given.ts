import { readFile } from 'node:fs/promises';
import { systemClock } from '../../src/clock.js';
import type { BuildSpec, ContainerEngine, StoredImage } from '../../src/containers/engine.js';
import type { ImageSource } from '../../src/environment/environment.js';
import { PlatformError } from '../../src/errors.js';
import { localDestination } from '../../src/images/destination.js';
import { createImages } from '../../src/images/resolved.js';
import { folderWith } from '../environment/fixture.js';
import { publish, sessionAs } from '../registry/given-images.js';
import { startOciRegistry, type OciRegistry } from '../registry/oci-registry.js';

/** An engine that remembers what it was asked for, and whose pushes end in a real registry. */
export interface RecordingEngine {
  readonly engine: ContainerEngine;
  readonly builds: BuildSpec[];
  /** `push localhost:5001/auth:1`, `tag a b`, `remove a`, in their order. */
  readonly calls: string[];
  /** Images that it has, by their names. */
  readonly stored: Map<string, StoredImage>;
  /** Runs in the middle of each build. */
  during: (spec: BuildSpec) => Promise<void>;
}

export function recordingEngine(registry: OciRegistry): RecordingEngine {
  const recorded: Omit<RecordingEngine, 'engine'> = {
    ...{ builds: [], calls: [], stored: new Map() },
    during: () => Promise.resolve(),
  };
  const texts = new Map<string, string>();
  const unasked = (what: string) => () => Promise.reject(new PlatformError('unexpected', `nobody should ${what}`));
  const engine: ContainerEngine = {
    name: 'docker',
    container: () => Promise.resolve(undefined),
    containers: () => Promise.resolve([]),
    network: () => Promise.resolve(undefined),
    volumes: () => Promise.resolve([]),
    run: unasked('run a container'),
    start: unasked('start a container'),
    stop: unasked('stop a container'),
    remove: unasked('remove a container'),
    execute: unasked('run a program'),
    connect: unasked('connect a network'),
    disconnect: unasked('disconnect a network'),
    removeNetwork: unasked('remove a network'),
    removeVolume: unasked('remove a volume'),
    pull: unasked('pull an image'),
    image: (reference) => Promise.resolve(recorded.stored.get(reference)),
    async build(spec, call) {
      recorded.builds.push(spec);
      recorded.calls.push(`build ${spec.tag}`);
      call?.onLine?.('Step 1/2 : FROM scratch');
      await recorded.during(spec);
      texts.set(spec.tag, `${await readFile(spec.dockerfile, 'utf8')} ${spec.platform ?? ''}`);
    },
    tag(from, to) {
      recorded.calls.push(`tag ${from} ${to}`);
      texts.set(to, from);
      return Promise.resolve();
    },
    push(reference) {
      recorded.calls.push(`push ${reference}`);
      const [, repository = '', tag = ''] = /^[^/]+\/(.+):([^:]+)$/.exec(reference) ?? [];
      const architecture = /linux\/(\w+)/.exec(texts.get(reference) ?? '')?.[1];
      return Promise.resolve(publish(registry, repository, tag, texts.get(reference), architecture));
    },
    removeImage(reference) {
      recorded.calls.push(`remove ${reference}`);
      return Promise.resolve();
    },
  };
  return Object.assign(recorded, { engine });
}

/** Sources of an image in a folder of their own. */
export async function sourcesOf(more: Partial<ImageSource> = {}): Promise<ImageSource> {
  const context = await folderWith({ Dockerfile: 'FROM scratch\nCOPY . /\n', 'main.js': 'main' });
  return { context, args: {}, platforms: [], ...more };
}

/** A registry, an engine, and the images of an environment. */
export async function workshop(sources: Readonly<Record<string, ImageSource>>) {
  const registry = await startOciRegistry();
  const recorded = recordingEngine(registry);
  const destination = () => Promise.resolve(localDestination(registry.host));
  const session = sessionAs();
  const again = () => createImages({ sources, destination, session });
  const images = again();
  const engine = () => Promise.resolve(recorded.engine);
  const options = { ...{ images, destination, engine, clock: systemClock }, environment: 'shop' };
  return { registry, recorded, options, images, again, session };
}
