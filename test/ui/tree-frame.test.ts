import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/plan/events.js';
import { createBoard, update, type Board } from '../../src/ui/board.js';
import { createStyle } from '../../src/ui/style.js';
import { treeFrame } from '../../src/ui/tree-frame.js';
import { displayWidth } from '../../src/ui/width.js';
import { recordedRun } from './recorded-run.js';

const style = createStyle({ color: false });

function boardOf(events: readonly RunEvent[]): Board {
  const [first, ...rest] = events;
  if (first?.type !== 'run-started') throw new Error('a run starts with run-started');
  const board = createBoard(first);
  for (const event of rest) update(board, event);
  return board;
}

const boardAt = (now: number) => boardOf(recordedRun().filter((event) => event.at <= now));

/** Sixty releases, of which `running` run and `failed` failed. */
function crowd(running: number, failed: number): Board {
  const ids = Array.from({ length: 60 }, (_, index) => `release/r${String(index)}`);
  return boardOf([
    {
      at: 0,
      type: 'run-started',
      run: 'r',
      command: 'up',
      environment: 'shop',
      steps: ids.map((id) => ({ id, title: id.slice(8), needs: [], lane: 'helm' })),
    },
    ...ids
      .slice(0, running + failed)
      .map((id, index): RunEvent => ({ at: index, type: 'step-started', id, reason: 'not installed' })),
    ...ids.slice(0, failed).map((id): RunEvent => ({
      at: 500,
      type: 'step-finished',
      id,
      outcome: 'failed',
      durationMs: 500,
      failure: { code: 'tool', exitCode: 4, message: 'helm failed\nwith many words' },
    })),
  ]);
}

describe('a picture of a run', () => {
  it('shows what runs and what failed beneath its group, and only counts the rest', () => {
    expect(treeFrame(boardAt(16_400), { columns: 80, rows: 24, now: 16_400, style })).toEqual([
      '✓ Tools         7/7  1 unchanged                                           4.7s',
      '✓ Cluster       3/3                                                        4.3s',
      '✓ Namespaces    5/5                                                       900ms',
      '✓ Charts      14/14  5 unchanged                                           3.7s',
      '⠼ Releases     6/13  1 failed, 1 skipped, 1 omitted                          5s',
      '  • tempo                  helm upgrade --install                            2s',
      '  • auth                   helm upgrade --install                            1s',
      '  • api                    helm upgrade --install                            1s',
      '  • images                 helm upgrade --install',
      '  • webportal              helm upgrade --install',
      '  ✗ kube-prometheus-stack  helm failed with exit code 1                    2.8s',
      '⠼ Gates        2/14  3 skipped                                               3s',
      '  • traefik ready          deployment traefik has 0 of 2 replicas availa…    2s',
      '  • postgres ready         deployment postgres has 0 of 2 replicas avail…    1s',
      '  • redis ready            deployment redis has 0 of 2 replicas availabl…',
      '  • loki ready             deployment loki has 0 of 2 replicas available…',
      '• Other         0/1',
      '',
      '! the file system of the state folder is 91% full',
    ]);
  });

  it('draws progress where the whole is known', () => {
    const lines = treeFrame(boardAt(2000), { columns: 80, rows: 24, now: 2000, style });
    expect(lines).toContain('  • kwok 1.36.2                   building…  ━━━━━━────  246/380 packages    1s');
    expect(lines).toContain('  • kube-apiserver 1.36.5         downloading…   ━━━━──────   9.6/21.4 MB    1s');
  });

  it.each([
    [80, 24],
    [200, 50],
    [40, 10],
    [20, 4],
  ])('fits a terminal of %i columns and %i rows at every moment', (columns, rows) => {
    for (let now = 0; now <= 22_000; now += 500) {
      const lines = treeFrame(boardAt(now), { columns, rows, now, style: createStyle({ color: true }) });
      expect(lines.length).toBeLessThanOrEqual(rows - 2);
      for (const line of lines) expect(displayWidth(line)).toBeLessThan(columns);
    }
  });

  it('counts how long something is waited for, at every moment', () => {
    const board = crowd(1, 0);
    const message = 'Deployment/auth: 1 of 2 pods ready';
    update(board, { at: 3000, type: 'step-progress', id: 'release/r0', message, since: 3000 });
    const linesAt = (now: number) => treeFrame(board, { columns: 100, rows: 12, now, style }).join('\n');
    expect(linesAt(15_000)).toContain('waiting 12s for Deployment/auth: 1 of 2 pods ready');
    expect(linesAt(16_000)).toContain('waiting 13s for');
  });

  it('uses the room of a wide terminal for whole messages', () => {
    const lines = treeFrame(boardAt(16_400), { columns: 200, rows: 50, now: 16_400, style });
    expect(lines.find((line) => line.includes('traefik ready'))).toContain('0/3 nodes are available');
  });

  it('says how many more run than it can show', () => {
    const lines = treeFrame(crowd(30, 0), { columns: 80, rows: 12, now: 5000, style });
    expect(lines).toHaveLength(10);
    expect(lines[1]).toMatch(/^ {2}• r0 /);
    expect(lines.at(-1)).toBe('    … and 22 more');
  });

  it('keeps a failure in sight when more runs than fits', () => {
    const lines = treeFrame(crowd(30, 1), { columns: 80, rows: 12, now: 5000, style });
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}✗ r0 +helm failed with many words +500ms$/));
  });

  it('counts what runs where not even one step per group fits', () => {
    expect(treeFrame(boardAt(16_400), { columns: 80, rows: 9, now: 16_400, style })).toContainEqual(
      expect.stringContaining('5 running, 1 failed'),
    );
  });

  it('keeps the groups in which something happens when there are too many', () => {
    const lines = treeFrame(boardAt(16_400), { columns: 80, rows: 6, now: 16_400, style });
    expect(lines[0]).toContain('Releases');
    expect(lines[1]).toBe('… and 6 more groups');
  });

  it('takes cursor movements and line breaks out of what others wrote', () => {
    const board = crowd(1, 0);
    update(board, { at: 1, type: 'step-progress', id: 'release/r0', message: '\u001b[2Jpulling\r\n\u001b[31mlayer 3' });
    expect(treeFrame(board, { columns: 80, rows: 24, now: 0, style })[1]).toMatch(/^ {2}• r0 {2}pulling layer 3$/);
  });

  it('takes up a step again that was passed over as unneeded', () => {
    const board = crowd(0, 0);
    update(board, { at: 0, type: 'step-finished', id: 'release/r0', outcome: 'unneeded', durationMs: 0 });
    expect(treeFrame(board, { columns: 80, rows: 24, now: 0, style })).toEqual(['• Releases  0/59']);
    update(board, { at: 1, type: 'step-started', id: 'release/r0', reason: 'asked for after all' });
    expect(treeFrame(board, { columns: 80, rows: 24, now: 0, style })[1]).toBe('  • r0  asked for after all');
  });
});
