import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/clock.js';
import { PlatformError } from '../../../src/errors.js';
import type { LoadFault } from '../../../src/chaos/drill.js';
import { runLoad } from '../../../src/chaos/load/run-load.js';
import type { LoadSlice } from '../../../src/chaos/record.js';
import type { Processes } from '../../../src/process.js';
import { recorded } from './recorded.js';

const ok = recorded('hey-0.1.5', 'ok.txt');
const refused = recorded('hey-0.1.5', 'refused.txt');

/** A tool that takes its time by the clock of the test, and says one text after another, the last one again and again. */
function given(
  outputs: readonly string[],
  { until = () => true, ...fault }: Partial<LoadFault & { until(): boolean }>,
) {
  let now = 1_000_000;
  const clock: Clock = { now: () => now, sleep: () => Promise.resolve() };
  const asked: string[] = [];
  const slices: LoadSlice[] = [];
  const stop = new AbortController();
  const processes: Processes = {
    run(command, args) {
      now += Number(/-z (\d+)s/.exec(args.join(' '))?.[1]) * 1000;
      asked.push([command, ...args].join(' '));
      return Promise.resolve({ stdout: outputs[asked.length - 1] ?? outputs.at(-1) ?? '', stderr: '', exitCode: 0 });
    },
  };
  const load: LoadFault = {
    type: 'load',
    url: 'http://127.0.0.1:18080/',
    target: { kind: 'deployment', namespace: 'default', name: 'images' },
    requests: 1000,
    workers: 4,
    tool: 'hey',
    atMostMs: 65_500,
    simulated: { ratePerSecond: 1, cpuMs: 1 },
    ...fault,
  };
  const options = { path: '/bin/hey', processes, clock, sliceMs: 10_000, until };
  const onSlice = (slice: LoadSlice) => slices.push(slice);
  return { asked, slices, stop, processes, run: () => runLoad(load, { ...options, processes, onSlice }, stop.signal) };
}

describe('a load', () => {
  it('goes on slice by slice until all requests are answered', async () => {
    const { run, asked, slices } = given([ok], {});
    expect(await run()).toEqual({ ended: 'done', reason: '1346 requests were answered' });
    expect(asked).toHaveLength(2);
    expect(asked[0]).toBe(
      '/bin/hey -z 10s -c 4 -t 10 -disable-redirects -host 127.0.0.1:18080 http://127.0.0.1:18080/',
    );
    expect(slices.map(({ from, to, requests }) => [from, to, requests])).toEqual([
      [1_000_000, 1_010_000, 673],
      [1_010_000, 1_020_000, 673],
    ]);
  });

  it('goes on beyond its requests until the autoscaler has reacted', async () => {
    let asked = 0;
    const { run, slices } = given([ok], { until: () => (asked += 1) === 3 });
    expect(await run()).toMatchObject({ ended: 'done' });
    expect(slices).toHaveLength(4);
  });

  it('ends when its time is over, whatever the autoscaler does, with a last slice for the rest of it', async () => {
    const { run, asked } = given([ok], { until: () => false });
    expect(await run()).toEqual({ ended: 'time', reason: 'its 1m 06s were over' });
    expect(asked.map((line) => /-z (\d+s)/.exec(line)?.[1])).toEqual([...Array<string>(6).fill('10s'), '5s']);
  });

  it('counts no request that nobody answered', async () => {
    const { run, slices } = given([refused, ok], { requests: 600 });
    expect(await run()).toMatchObject({ ended: 'done' });
    expect(slices).toHaveLength(2);
  });

  it('ends where nothing is answered in two slices one after the other, with the reason', async () => {
    const { run, slices } = given([refused, ok, refused, refused], { requests: 1_000_000 });
    expect(await run()).toEqual({
      ended: 'unanswered',
      reason: 'nothing was answered in 20.0s: dial tcp 127.0.0.1:18099: connect: connection refused',
    });
    expect(slices).toHaveLength(4);
  });

  it('hands over what the tool had counted before it is interrupted', async () => {
    const { run, stop, processes, slices } = given([ok], {});
    const whole = processes.run.bind(processes);
    const reason = new PlatformError('interrupted', 'Ctrl-C');
    processes.run = (command, args, options) => {
      stop.abort(reason);
      return whole(command, args, options);
    };
    await expect(run()).rejects.toBe(reason);
    expect(slices).toHaveLength(1);
  });

  it('is interrupted, and not failed, where the tool had counted nothing yet', async () => {
    const { run, stop, processes, slices } = given([''], {});
    const whole = processes.run.bind(processes);
    const reason = new PlatformError('interrupted', 'Ctrl-C');
    processes.run = (command, args, options) => {
      stop.abort(reason);
      return whole(command, args, options);
    };
    await expect(run()).rejects.toBe(reason);
    expect(slices).toEqual([]);
  });

  it('fails where the tool says what nobody can read', async () => {
    await expect(given(['what?'], {}).run()).rejects.toMatchObject({ code: 'tool', output: 'what?' });
  });
});
