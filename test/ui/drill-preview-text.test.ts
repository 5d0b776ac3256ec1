import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/chaos/record.js';
import { drillPreviewText, findingsText } from '../../src/ui/drill-preview-text.js';
import { createStyle } from '../../src/ui/style.js';
import { dbDownPassed, load, loadPassed } from '../chaos/records.js';

const style = createStyle({ color: false });
const finding = (level: Finding['level'], message: string, fix?: readonly string[]): Finding => ({
  check: 'some',
  level,
  message,
  ...(fix && { fix }),
});

describe('the preview of a drill', () => {
  it('has the findings, the worst last, each with what to do', () => {
    expect(
      findingsText(
        [
          finding('refused', 'the data would be lost', ['set whenScaled to Retain']),
          finding('ok', 'PostgresDown is healthy'),
          finding('weakness', 'send_resolved is off'),
          finding('warning', 'Argo CD owns postgres'),
        ],
        style,
      ),
    ).toBe(
      [
        'Before the fault',
        '  ✓ PostgresDown is healthy',
        '  ! Argo CD owns postgres',
        '  ✗ would fail: send_resolved is off',
        '  ✗ refused: the data would be lost',
        '    → set whenScaled to Retain',
      ].join('\n'),
    );
  });

  it('has the timeline: each link after those it waits for', () => {
    const lines = drillPreviewText(dbDownPassed(), style).split('\n');
    expect(lines).toContain('Predicted from the live configuration: 2m 00s at most');
    expect(lines).toContain('  target not ready                        30.0s     32.0s  terminationGracePeriod 30s');
    expect(lines.at(-1)).toBe(
      '  end delivered (PostgresDown)            15.0s    1m 45s  scrape 5s + evaluation 5s + group_interval 5s',
    );
  });

  it('lets alerts of one drill run beside each other', () => {
    const links = ['A', 'B'].flatMap((alert) => [
      { name: 'pending' as const, alert, atMostMs: alert === 'A' ? 10_000 : 30_000, because: 'scrape' },
      { name: 'firing' as const, alert, atMostMs: 5000, because: 'for' },
      { name: 'delivered' as const, alert, atMostMs: 2000, because: 'group_wait' },
    ]);
    const restored = { name: 'restored' as const, atMostMs: 1000, because: 'hold' };
    const prediction = { links: [...links, restored], totalMs: 36_000 };
    const times = drillPreviewText({ drill: { holdMs: 6000 }, findings: [], prediction }, style)
      .split('\n')
      .slice(2)
      .map((line) => line.trim().split(/ {2,}/)[2]);
    expect(times).toEqual(['10.0s', '15.0s', '17.0s', '30.0s', '35.0s', '37.0s', '44.0s']);
  });

  it('has the replicas that are predicted, up and down', () => {
    const lines = drillPreviewText(loadPassed(), style).split('\n');
    expect(lines.slice(-3)).toEqual([
      '  Replicas under load  2 → 10 after 45.0s → 18 after 1m 00s',
      '  and after its end    9 after 2m 30s → 5 after 3m 00s → 3 after 3m 30s → 2 after 4m 00s',
      '  metrics 15s + sync 15s; up 8 pods or 100% per 15s; down after 120s, 50% per 30s',
    ]);
  });

  it('is the findings alone where the drill was refused', () => {
    expect(drillPreviewText({ drill: load, findings: [finding('refused', 'no')] }, style)).toBe(
      'Before the fault\n  ✗ refused: no',
    );
  });
});
