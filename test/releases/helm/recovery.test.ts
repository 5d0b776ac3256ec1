import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asset } from '../../../src/paths.js';
import { observeReleases, type ObservedRelease } from '../../../src/releases/helm/observed.js';
import { recoverPending } from '../../../src/releases/helm/recovery.js';
import { cluster, context, type Cluster } from '../cluster.js';

const path = '/api/v1/namespaces/default/secrets/sh.helm.release.v1.small.v1';
const minute = 60_000;

interface HelmSecret {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly data: { readonly release: string };
}

/** A Secret that Helm 4.3.1 left when it was killed in the middle of an install. */
async function recorded(): Promise<HelmSecret> {
  return JSON.parse(await readFile(asset('test/fixtures/helm/pending-install.json'), 'utf8')) as HelmSecret;
}

let world: Cluster;
beforeEach(async () => {
  world = await cluster();
  await given({ ageMs: 10 * minute });
});
afterEach(() => world.api.close());

/** The pending revision, with an age and labels. */
async function given({ ageMs, labels = {} }: { readonly ageMs: number; readonly labels?: Record<string, string> }) {
  const secret = await recorded();
  const creationTimestamp = new Date(world.clock.now() - ageMs).toISOString();
  const metadata = { ...secret.metadata, creationTimestamp, labels: { ...secret.metadata.labels, ...labels } };
  world.api.objects.set(path, { ...secret, metadata });
}

function setStatus(status: string): void {
  const secret = stored();
  const labels = { ...secret.metadata.labels, status };
  world.api.objects.set(path, { ...secret, metadata: { ...secret.metadata, labels } });
}

async function observed(): Promise<ObservedRelease> {
  const release = (await observeReleases(world.view, 0)).get('default/small');
  if (!release) throw new Error('the release is not there');
  return release;
}

let isOwned = true;
const ensureOwned = () => (isOwned ? Promise.resolve() : Promise.reject(new Error('somebody else has it now')));

/** Recovers it; answers what was said meanwhile. */
async function recover(release: ObservedRelease, over: readonly string[] = []): Promise<readonly string[]> {
  const step = context();
  const options = { clock: world.clock, isOver: (run: string) => Promise.resolve(over.includes(run)), ensureOwned };
  await recoverPending(world.api.client, release, options, step);
  return step.messages;
}

/** What Helm would read from the Secret. */
function contents({ data }: HelmSecret): { info: Record<string, unknown>; [field: string]: unknown } {
  const zipped = Buffer.from(Buffer.from(data.release, 'base64').toString(), 'base64');
  return JSON.parse(gunzipSync(zipped).toString()) as ReturnType<typeof contents>;
}

const stored = () => world.api.objects.get(path) as unknown as HelmSecret;

describe('recovering a pending release', () => {
  it('is left to whoever has taken the environment over meanwhile', async () => {
    isOwned = false;
    await expect(recover(await observed())).rejects.toThrow('somebody else has it now');
    isOwned = true;
    expect(await observed()).toMatchObject({ status: 'pending-install' });
  });

  it('makes it a failed one, which Helm can build on', async () => {
    expect(await observed()).toMatchObject({ status: 'pending-install', revision: 1 });
    await recover(await observed());
    expect(await observed()).toMatchObject({ status: 'failed', revision: 1 });
    expect(contents(stored()).info).toMatchObject({
      status: 'failed',
      description: 'interrupted; marked as failed by platform',
    });
  });

  it('changes nothing else in it', async () => {
    const labels = stored().metadata.labels;
    await recover(await observed());
    const before = contents(await recorded());
    const after = contents(stored());
    const { status, description } = after.info;
    expect(after).toEqual({ ...before, info: { ...before.info, status, description } });
    expect(after['manifest']).toContain('colour: "blue"');
    expect(stored().metadata.labels).toEqual({ ...labels, status: 'failed' });
  });

  it('fails when somebody else touches the release meanwhile, and names it', async () => {
    const release = await observed();
    world.api.answer = (_, { method }) => {
      if (method === 'PUT') {
        const touched = stored();
        world.api.objects.set(path, { ...touched, metadata: { ...touched.metadata, resourceVersion: '999' } });
      }
      return false;
    };
    await expect(recover(release)).rejects.toMatchObject({
      code: 'conflict',
      message: 'somebody changed revision 1 of default/small while it was being recovered; nothing was changed',
    });
    expect(contents(stored()).info['status']).toBe('pending-install');
  });

  it('goes on when the Helm that nobody knew of ended at the same moment', async () => {
    const release = await observed();
    world.api.answer = (_, { method }) => {
      if (method !== 'PUT') return false;
      world.api.objects.set(path, { ...stored(), metadata: { ...stored().metadata, resourceVersion: '999' } });
      setStatus('deployed');
      return false;
    };
    await recover(release);
    expect(await observed()).toMatchObject({ status: 'deployed' });
  });

  it('leaves it alone when it is pending no longer', async () => {
    const release = await observed();
    setStatus('deployed');
    await recover(release);
    expect(world.api.requests.some(({ method }) => method === 'PUT')).toBe(false);
  });

  it('has nothing to do when it is gone', async () => {
    const release = await observed();
    world.api.objects.clear();
    expect(await recover(release)).toEqual([]);
  });
});

describe('a pending release whose Helm may still be at work', () => {
  const ours = { 'platform.dev/run': 'run-1', 'platform.dev/revision': '1' };

  it('is respected until it is five minutes old, and its age is said', async () => {
    await given({ ageMs: minute });
    let sleptMs = 0;
    world.onSleep = (elapsedMs) => (sleptMs = elapsedMs);
    const messages = await recover(await observed());
    expect(messages[0]).toBe(
      'revision 1 has been pending-install for 1m 00s: a helm of somebody else may still be at work on it; it is recovered 5m 00s after its start',
    );
    expect(sleptMs).toBe(4 * minute - 2_000);
    expect(await observed()).toMatchObject({ status: 'failed' });
  });

  it('is left as it is when that Helm ends meanwhile', async () => {
    await given({ ageMs: minute });
    world.onSleep = (elapsedMs) => {
      if (elapsedMs >= minute) setStatus('deployed');
    };
    await recover(await observed());
    expect(await observed()).toMatchObject({ status: 'deployed' });
  });

  it('is recovered at once when the run of this machine that wrote it is over', async () => {
    await given({ ageMs: 1_000, labels: ours });
    expect(await recover(await observed(), ['run-1'])).toEqual([]);
    expect(await observed()).toMatchObject({ status: 'failed' });
  });

  it('is respected when a run of another machine wrote it', async () => {
    await given({ ageMs: minute, labels: ours });
    const messages = await recover(await observed(), ['another']);
    expect(messages[0]).toContain('run run-1 on another machine may still be at work on it');
  });

  it('is not ours because Helm carried our labels forward', async () => {
    await given({ ageMs: minute, labels: { ...ours, 'platform.dev/revision': '7' } });
    const messages = await recover(await observed(), ['run-1']);
    expect(messages[0]).toContain('a helm of somebody else');
  });
});
