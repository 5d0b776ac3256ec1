import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { systemProcesses } from '../../src/process.js';
import { PlatformError } from '../../src/errors.js';
import type { Container } from '../../src/containers/engine.js';
import { imageParts } from '../../src/usecases/images-parts.js';
import { recordingEngine } from '../images/given.js';
import { startOciRegistry } from '../registry/oci-registry.js';
import { environmentOf } from './images-given.js';

const ports = { processes: systemProcesses(), clock: systemClock, variables: { HOME: '/nowhere' } };
const node = 'kindest/node:v1.36.9';

const container: Container = {
  ...{ name: 'platform-registry', id: '1', image: 'registry:3', status: 'running', networks: [], volumes: [] },
  labels: { 'platform.dev/registry': 'local' },
  ports: [{ host: '127.0.0.1', hostPort: 5007, containerPort: 5000 }],
};

async function partsWith(found: Container | undefined, content = '') {
  const { engine } = recordingEngine(await startOciRegistry());
  const asked: string[] = [];
  engine.container = (name) => {
    asked.push(name);
    return Promise.resolve(found);
  };
  const parts = await imageParts(await environmentOf(content), ports, () => Promise.resolve(engine));
  return { parts, asked };
}

describe('where images go', () => {
  it('is the registry of this machine, whatever its port is', async () => {
    const { parts } = await partsWith(container);
    expect((await parts.destination()).registry).toBe('localhost:5007');
  });

  it('is where the registry will be while there is none', async () => {
    const { parts } = await partsWith(undefined, 'local: { registry: { port: 5099 } }\n');
    expect((await parts.destination()).registry).toBe('localhost:5099');
  });

  it('is known where there is no engine to ask', async () => {
    const none = () => Promise.reject(new PlatformError('prerequisite', 'there is no container engine'));
    const parts = await imageParts(await environmentOf(''), ports, none);
    expect((await parts.destination()).registry).toBe('localhost:5001');
  });

  it('is asked once by all who ask together, and again later', async () => {
    const { parts, asked } = await partsWith(container);
    await Promise.all([parts.destination(), parts.destination()]);
    expect(asked).toHaveLength(1);
    await parts.destination();
    expect(asked).toHaveLength(2);
  });
});

describe('what the container engine itself runs', () => {
  it('is the registry, and on kind the image of its nodes', async () => {
    const of = async (provider: string) =>
      (await partsWith(undefined, `local: { provider: ${provider}, nodeImage: "${node}" }\n`)).parts.engineImages;
    expect(await of('kind')).toEqual(['registry:3', node]);
    expect(await of('minikube')).toEqual(['registry:3']);
  });

  it('is the pinned image of nodes where none is named', async () => {
    const { parts } = await partsWith(undefined, 'local: { provider: kind, kubernetes: "1.36" }\n');
    expect(parts.engineImages[1]).toMatch(/^kindest\/node:v1\.36\.\d+@sha256:/);
  });
});
