import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.js';
import type { Environment } from '../../src/environment/environment.js';
import { loadEnvironment } from '../../src/environment/load.js';
import { createEventHub } from '../../src/plan/event-hub.js';
import type { RunEvent } from '../../src/plan/events.js';
import { createInterruption } from '../../src/plan/interruption.js';
import type { Step } from '../../src/plan/step.js';
import { lockText, type LockedImage } from '../../src/releases/lock/lock-file.js';
import type { ImageParts } from '../../src/usecases/images-parts.js';
import { folderWith, header, library } from '../environment/fixture.js';
import { workshop } from '../images/given.js';

/** Where events go, and those that came. */
export function recordingPorts() {
  const events = createEventHub(systemClock);
  const heard: RunEvent[] = [];
  events.subscribe((event) => heard.push(event));
  return { events, clock: systemClock, interruption: createInterruption(), heard };
}

/** An environment file with one release of a public chart, or more. */
export async function environmentOf(content: string): Promise<Environment> {
  const cwd = await folderWith({ 'platform.yaml': `${header}${content}`, 'app/Dockerfile': 'FROM scratch\n' });
  return loadEnvironment({ cwd, file: join(cwd, 'platform.yaml'), target: 'local', library });
}

export const web =
  'releases:\n  web: { chart: { repository: https://charts.example.org, name: web, version: "1.0.0" }, namespace: apps }\n';

/** Writes the lock of an environment with the release web. */
export async function lockWith(environment: Environment, images: readonly LockedImage[]): Promise<void> {
  const digest = `sha256:${'a'.repeat(64)}`;
  const release = {
    ...{ chart: 'https://charts.example.org/web 1.0.0', name: 'web', version: '1.0.0', digest, helm: '>=4.3.0 <5' },
    ...{ uses: [], images: [...images] },
  };
  const text = lockText({ apiVersion: 'platform/v1alpha1', kind: 'Lock', releases: { web: release } });
  await writeFile(join(environment.file ?? '', '..', 'platform.lock'), text);
}

/** A machine with a registry of its own, whose step says how often it was asked for. */
export async function machineFor({ images: sources }: Pick<Environment, 'images'>, engineImages: string[] = []) {
  const shop = await workshop(sources);
  const brought: string[] = [];
  const registryStep = (): Step => ({
    ...{ id: 'registry', title: 'local registry', needs: [], lane: 'image', budgetMs: 10_000, estimateMs: 1 },
    check: () => Promise.resolve({ status: 'needed', reason: 'stopped' }),
    apply() {
      brought.push('registry');
      return Promise.resolve(undefined);
    },
  });
  const { destination, engine } = shop.options;
  const parts: ImageParts = { ...shop, destination, engine, registryStep, engineImages };
  return { ...shop, parts, brought };
}
