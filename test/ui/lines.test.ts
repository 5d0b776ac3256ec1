import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunEvent, RunEventBody } from '../../src/plan/events.js';
import { createLines } from '../../src/ui/lines.js';
import { createStyle } from '../../src/ui/style.js';
import { FakeScreen } from './screen.js';

const steps = ['tool/helm', 'chart/traefik', 'release/traefik', 'release/calico', 'gate/traefik/ready'];
const started: RunEventBody = {
  type: 'run-started',
  run: 'r1',
  command: 'up',
  environment: 'shop',
  steps: steps.map((id) => ({ id, title: id.replaceAll('/', ' '), needs: [], lane: 'helm' })),
};
const failure = { code: 'tool', exitCode: 4, message: 'helm failed with exit code 1' } as const;

const at = (seconds: number, body: RunEventBody): RunEvent => ({ at: seconds * 1000, ...body });

function lines({ verbose = false, color = false } = {}) {
  const log = new FakeScreen(80, 24);
  const renderer = createLines({
    stderr: log,
    style: createStyle({ color }),
    verbose,
    clock: { now: () => Date.now() },
  });
  return {
    log,
    renderer,
    play: (...events: RunEvent[]) => {
      for (const event of events) renderer.event(event);
    },
  };
}

const progress = (message: string, more: { done?: number; total?: number; unit?: 'bytes' } = {}): RunEventBody => ({
  type: 'step-progress',
  id: 'tool/helm',
  message,
  ...more,
});

describe('a log of a run', () => {
  it('has a line when a step starts and one when it ends, and none for steps with nothing to do', () => {
    const { log, play } = lines();
    play(
      at(0, started),
      at(0, { type: 'step-checked', id: 'release/calico', check: { status: 'omitted', reason: 'no network here' } }),
      at(0.1, { type: 'step-finished', id: 'chart/traefik', outcome: 'unchanged', durationMs: 0 }),
      at(0.1, {
        type: 'step-finished',
        id: 'release/calico',
        outcome: 'omitted',
        durationMs: 0,
        detail: 'no network here',
      }),
      at(0.2, { type: 'step-started', id: 'tool/helm', reason: 'not in the cache' }),
      at(4.2, { type: 'step-finished', id: 'tool/helm', outcome: 'done', durationMs: 4000, detail: 'downloaded' }),
      at(4.3, { type: 'step-started', id: 'release/traefik', reason: 'not installed' }),
      at(5, { type: 'notice', level: 'warning', message: 'the disk is almost full' }),
      at(65, { type: 'step-finished', id: 'release/traefik', outcome: 'failed', durationMs: 60_700, failure }),
      at(65, {
        type: 'step-finished',
        id: 'gate/traefik/ready',
        outcome: 'skipped',
        durationMs: 0,
        because: 'release/traefik',
      }),
    );
    expect(log.text()).toEqual([
      '     0ms  up shop: 5 steps',
      '   200ms  • tool helm: not in the cache',
      '    4.2s  ✓ tool helm: downloaded (4.0s)',
      '    4.3s  • release traefik: not installed',
      '    5.0s  ! the disk is almost full',
      '  1m 05s  ✗ release traefik: helm failed with exit code 1 (1m 01s)',
    ]);
    expect(log.raw).not.toContain('\u001b');
  });

  it('has colours where they are wanted', () => {
    const { log, play } = lines({ color: true });
    play(at(0, started));
    expect(log.raw).toBe('\u001b[2m     0ms\u001b[22m  up shop: 5 steps\n');
  });

  it('tells progress only when it says something new and the last line about the step is not fresh', () => {
    const { log, play } = lines();
    play(
      at(0, started),
      at(0, { type: 'step-started', id: 'tool/helm', reason: 'not in the cache' }),
      at(1, progress('asking get.example.org')),
      at(6, progress('downloading', { done: 1_000_000, total: 18_100_000, unit: 'bytes' })),
      at(12, progress('downloading', { done: 9_000_000, total: 18_100_000, unit: 'bytes' })),
      at(10, progress('unpacking')),
      at(18, progress('verifying\nthe checksum')),
    );
    expect(log.text().slice(2)).toEqual([
      '    6.0s    tool helm: downloading, 1.0/18.1 MB',
      '   18.0s    tool helm: verifying the checksum',
    ]);
  });

  it('says what was interrupted', () => {
    const { log, play } = lines();
    play(
      at(0, started),
      at(1, { type: 'step-started', id: 'tool/helm', reason: 'not in the cache' }),
      at(2, { type: 'interrupted', force: false, message: 'stopping after the current steps' }),
      at(3, { type: 'step-finished', id: 'tool/helm', outcome: 'interrupted', durationMs: 2000 }),
    );
    expect(log.text().slice(2)).toEqual([
      '    2.0s  ! stopping after the current steps',
      '    3.0s  ↓ tool helm: interrupted',
    ]);
  });

  it('tells all in verbose mode: commands, steps with nothing to do, every new word of progress', () => {
    const { log, play } = lines({ verbose: true });
    play(
      at(0, started),
      at(0, {
        type: 'step-finished',
        id: 'release/calico',
        outcome: 'omitted',
        durationMs: 0,
        detail: 'no network here',
      }),
      at(0, { type: 'step-finished', id: 'chart/traefik', outcome: 'unchanged', durationMs: 0 }),
      at(1, { type: 'step-started', id: 'tool/helm', reason: 'not in the cache' }),
      at(1, { type: 'process-started', pid: 7, startedAt: '1', command: 'helm version' }),
      at(1.1, progress('asking')),
      at(1.2, progress('asking')),
      at(1.3, progress('downloading')),
    );
    expect(log.text().slice(1)).toEqual([
      '     0ms  ↓ release calico: omitted, no network here',
      '     0ms  ↓ chart traefik: unchanged',
      '    1.0s  • tool helm: not in the cache',
      '    1.0s    $ helm version',
      '    1.1s    tool helm: asking',
      '    1.3s    tool helm: downloading',
    ]);
  });
});

describe('the heartbeat of a log', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const beatsOf = (log: FakeScreen) => log.text().filter((line) => line.includes('still running'));

  it('names what runs and since when, every 20 s, and what has not changed every third time only', async () => {
    const { log, play } = lines();
    play(at(0, started), at(1, { type: 'step-started', id: 'tool/helm', reason: 'not in the cache' }));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(beatsOf(log)).toEqual(['   20.0s  … still running: tool helm (19s, not in the cache)']);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(beatsOf(log)).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(beatsOf(log)).toHaveLength(2);
    play(at(81, progress('downloading', { done: 9_000_000, unit: 'bytes' })));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(beatsOf(log).at(-1)).toBe('  1m 40s  … still running: tool helm (1m 39s, downloading, 9.0 MB)');
  });

  it('says what is waited for and since when, which is news only when it changes', async () => {
    const { log, play } = lines();
    play(at(0, started), at(1, { type: 'step-started', id: 'gate/traefik/ready', reason: 'not looked at yet' }));
    const message = 'Deployment/traefik: 1 of 2 pods ready';
    play(at(8, { type: 'step-progress', id: 'gate/traefik/ready', message, since: 8000 }));
    expect(log.text().at(-1)).toBe('    8.0s    gate traefik ready: waiting for Deployment/traefik: 1 of 2 pods ready');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(beatsOf(log)).toEqual([
      '   20.0s  … still running: gate traefik ready (19s, waiting 12s for Deployment/traefik: 1 of 2 pods ready)',
    ]);
  });

  it('names five steps and counts the rest', async () => {
    const { log, renderer } = lines();
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    renderer.event(at(0, { ...started, steps: ids.map((id) => ({ id, title: id, needs: [], lane: 'helm' })) }));
    for (const id of ids) renderer.event(at(0, { type: 'step-started', id, reason: 'new' }));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(beatsOf(log)[0]).toMatch(/a \(20s, new\); .*; e \(20s, new\); and 2 more$/);
  });

  it('stops with the run', async () => {
    const { log, play, renderer } = lines();
    play(at(0, started), at(1, { type: 'step-started', id: 'tool/helm', reason: 'not in the cache' }));
    await renderer.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(beatsOf(log)).toEqual([]);
  });
});
