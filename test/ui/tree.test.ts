import { describe, expect, it, vi } from 'vitest';
import { createStyle } from '../../src/ui/style.js';
import { createTree } from '../../src/ui/tree.js';
import { recordedRun } from './recorded-run.js';
import { FakeScreen } from './screen.js';

const patiently = { timeout: 15_000 };

const style = createStyle({ color: false });

function play(
  screen: FakeScreen,
  { until = Infinity, interruptedAt }: { until?: number; interruptedAt?: number } = {},
) {
  const events = recordedRun(interruptedAt === undefined ? {} : { interruptedAt }).filter((event) => event.at <= until);
  const now = events.at(-1)?.at ?? 0;
  const tree = createTree({ stderr: screen, style, clock: { now: () => now } });
  for (const event of events) tree.event(event);
  return tree;
}

describe('a live tree', () => {
  it('is redrawn in place while the run goes on, and leaves the last state of each group', async () => {
    const screen = new FakeScreen(80, 24);
    const events = recordedRun();
    let now = 0;
    const tree = createTree({ stderr: screen, style, clock: { now: () => now } });
    const playUntil = (until: number) => {
      for (const event of events) if (event.at > now && event.at <= until) tree.event(event);
      now = until;
    };
    for (const event of events.slice(0, 1)) tree.event(event);
    playUntil(3000);
    await vi.waitFor(() => {
      expect(screen.text()).toContainEqual(
        expect.stringMatching(/^ {2}• etcd 1\.36\.4 +downloading… +━+─+ {2}16\.8\/21\.4 MB {4}2s$/),
      );
    }, patiently);
    playUntil(14_800);
    await vi.waitFor(() => {
      expect(screen.text()).toContainEqual(expect.stringContaining('✗ kube-prometheus-stack'));
    }, patiently);
    expect(screen.text()).not.toContainEqual(expect.stringContaining('etcd'));
    playUntil(60_000);
    await tree.close();
    expect(screen.text()).toEqual([
      '✓ Tools         7/7  1 unchanged                                           4.7s',
      '✓ Cluster       3/3                                                        4.3s',
      '✓ Namespaces    5/5                                                       900ms',
      '✓ Charts      14/14  5 unchanged                                           3.7s',
      '✗ Releases    10/13  2 failed, 1 skipped, 1 omitted                        8.6s',
      '  ✗ kube-prometheus-stack  helm failed with exit code 1                    2.8s',
      '  ✗ tempo                  helm failed with exit code 1                    3.6s',
      '↓ Gates       11/14  3 skipped                                             8.0s',
      '✓ Other         1/1  1 unchanged',
      '',
      '! the file system of the state folder is 91% full',
    ]);
    expect(screen.tallest).toBeLessThanOrEqual(22);
  });

  it('says at once that it is stopping', async () => {
    const screen = new FakeScreen(80, 24);
    const tree = play(screen, { until: 12_600, interruptedAt: 12_500 });
    await vi.waitFor(() => {
      expect(screen.text()).toContain('! stopping after the current steps; press Ctrl-C again to quit now');
    }, patiently);
    expect(screen.text()).toContainEqual(expect.stringMatching(/• traefik +helm upgrade --install/));
    await tree.close();
  });

  it('follows the size of the terminal', async () => {
    const screen = new FakeScreen(80, 24);
    const tree = play(screen, { until: 3000 });
    await vi.waitFor(() => {
      expect(Math.max(...screen.text().map((line) => line.length))).toBe(79);
    }, patiently);
    screen.columns = 50;
    await vi.waitFor(() => {
      expect(Math.max(...screen.text().map((line) => line.length))).toBe(49);
    }, patiently);
    screen.columns = 120;
    await vi.waitFor(() => {
      expect(Math.max(...screen.text().map((line) => line.length))).toBe(119);
    }, patiently);
    await tree.close();
  });

  it('gives the cursor back, leaves standard output and the signals alone', async () => {
    const screen = new FakeScreen(80, 24);
    const stdout = vi.spyOn(process.stdout, 'write');
    const tree = play(screen, { until: 3000 });
    await vi.waitFor(() => {
      expect(screen.text()).not.toEqual(['']);
    }, patiently);
    expect(process.listenerCount('SIGINT')).toBe(0);
    await tree.close();
    const writes = stdout.mock.calls.length;
    stdout.mockRestore();
    expect(writes).toBe(0);
    expect(screen.raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(screen.raw.lastIndexOf('\u001b[?25l'));
  });

  it('holds back what others write meanwhile, and prints it below', async () => {
    const screen = new FakeScreen(80, 24);
    const tree = play(screen, { until: 3000 });
    await vi.waitFor(() => {
      expect(screen.text()).not.toEqual(['']);
    }, patiently);
    screen.write('a warning of Node\n');
    expect(screen.text()).not.toContain('a warning of Node');
    await tree.close();
    expect(screen.text().at(-1)).toBe('a warning of Node');
  });

  it('gives the cursor and what was held back to who leaves in the middle', async () => {
    const screen = new FakeScreen(80, 24);
    const before = new Set(process.listeners('exit'));
    const tree = play(screen, { until: 3000 });
    await vi.waitFor(() => {
      expect(screen.text()).not.toEqual(['']);
    }, patiently);
    screen.write('last words\n');
    const leaving = process.listeners('exit').filter((listener) => !before.has(listener));
    for (const listener of leaving) listener(130);
    expect(screen.text()).toContain('last words');
    expect(screen.raw.endsWith('\u001b[?25h')).toBe(true);
    await tree.close();
    expect(process.listeners('exit')).toHaveLength(before.size);
  });

  it('shows one run after the other, also when the first one has no end', async () => {
    const screen = new FakeScreen(80, 48);
    const tree = createTree({ stderr: screen, style, clock: { now: () => 30_000 } });
    for (const event of [...recordedRun().slice(0, -1), ...recordedRun()]) tree.event(event);
    await tree.close();
    expect(screen.text().filter((line) => line.startsWith('✗ Releases'))).toHaveLength(2);
  });

  it('prints notices as lines when no run is going on', async () => {
    const screen = new FakeScreen(80, 24);
    const tree = createTree({ stderr: screen, style, clock: { now: () => 0 } });
    tree.event({ at: 0, type: 'notice', level: 'info', message: 'no environment file here: using microservices' });
    await tree.close();
    expect(screen.text()).toEqual(['• no environment file here: using microservices']);
  });
});
