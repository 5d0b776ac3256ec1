import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { createEventHub } from '../../src/plan/event-hub.js';
import type { RunEvent } from '../../src/plan/events.js';
import { openJournal } from '../../src/plan/journal.js';
import { awaitSurvivors } from '../../src/plan/survivors.js';
import { startTimeOf } from '../../src/process-identity.js';
import { afterwards, temporaryFolder } from '../toolchain/fixture.js';

/** A shell whose answer to SIGINT is given; resolves when it can take one. */
async function survivor(state: string, onInterrupt: string): Promise<{ pid: number; said: () => string }> {
  const child = spawn('sh', ['-c', `trap '${onInterrupt}' INT; echo ready; while :; do sleep 0.02; done`]);
  afterwards(() => Promise.resolve(child.kill('SIGKILL')));
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  const journal = openJournal(state, 'killed');
  journal.record({ at: 1, type: 'process-started', pid, startedAt: startTimeOf(pid) ?? '', command: 'helm upgrade' });
  journal.close();
  return { pid, said: () => text };
}

function listen() {
  const events: RunEvent[] = [];
  const hub = createEventHub(systemClock);
  hub.subscribe((event) => events.push(event));
  return { events: hub, seen: events };
}

describe('what a killed run left running', () => {
  it('is named, interrupted and awaited', async () => {
    const state = await temporaryFolder();
    const { pid, said } = await survivor(state, 'sleep 0.3; echo cleaned up; exit 0');
    const { events, seen } = listen();
    await awaitSurvivors(state, 'now', { clock: systemClock, events }, new AbortController().signal);
    expect(startTimeOf(pid)).toBeUndefined();
    await expect.poll(said, { timeout: 10_000 }).toContain('cleaned up');
    expect(seen).toMatchObject([
      {
        type: 'notice',
        level: 'warning',
        message: expect.stringContaining(`(pid ${String(pid)}): helm upgrade`) as string,
      },
    ]);
  });

  it('is interrupted once only, and left alone when the wait for it is interrupted', async () => {
    const state = await temporaryFolder();
    const { pid, said } = await survivor(state, 'echo interrupted');
    const interruption = new AbortController();
    const clock = {
      ...systemClock,
      sleep: async (milliseconds: number, signal?: AbortSignal) => {
        await systemClock.sleep(milliseconds, signal);
        if (said().includes('interrupted')) interruption.abort(new Error('enough'));
      },
    };
    const waiting = awaitSurvivors(state, 'now', { clock, events: listen().events }, interruption.signal);
    await expect(waiting).rejects.toThrow('enough');
    expect(startTimeOf(pid)).toBeDefined();
    expect(said().match(/interrupted/g)).toHaveLength(1);
  });

  it('is nothing where every run finished', async () => {
    const { events, seen } = listen();
    await awaitSurvivors(await temporaryFolder(), 'now', { clock: systemClock, events }, new AbortController().signal);
    expect(seen).toEqual([]);
  });
});
