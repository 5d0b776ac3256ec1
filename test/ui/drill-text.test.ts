import { describe, expect, it } from 'vitest';
import { drillText } from '../../src/ui/drill-text.js';
import { createStyle } from '../../src/ui/style.js';
import { displayWidth } from '../../src/ui/width.js';
import {
  brokenAt,
  dbDownInconclusive,
  dbDownInhibited,
  dbDownPassed,
  dbDownRehearsed,
  faultAt,
  loadPassed,
} from '../chaos/records.js';

const style = createStyle({ color: false });
const lines = (...given: Parameters<typeof drillText>) => drillText(...given).split('\n');

describe('the end of a drill', () => {
  it('is its verdict in one sentence, its links in columns, and where the report is', () => {
    const text = lines(dbDownPassed(), { style, report: '/state/report.html' });
    expect(text.slice(0, 6)).toEqual([
      '✓ db-down: passed',
      '  PostgresDown reached inbox 38.2s after postgres was gone, and its end 14.0s after it was back',
      '  shop on kind, 1m 16s, run 20261121t095950-a1b2c3',
      '',
      '  Link                               Took  Predicted  Allowed',
      '  ✓ fault accepted                    0ms       2.0s     4.0s',
    ]);
    // How long the fault was kept up is nobody's to predict.
    expect(text.find((line) => line.includes('fault taken back'))).toMatch(/ 46\.0s$/);
    expect(text.slice(-4)).toEqual([
      '',
      'Restored  statefulset/postgres in app-services: 1 replica again; as before (by ada@laptop/4711)',
      '',
      '→ report: /state/report.html',
    ]);
  });

  it('does not list every pod that was made again', () => {
    const restored = (...names: string[]) => {
      const pods = names.map((name) => ({
        subject: `pod/${name} in apps`,
        ...{ outcome: 'as-it-was' as const, detail: 'its owner makes new pods' },
      }));
      const results = [...pods, { subject: 'node/one', outcome: 'restored' as const, detail: 'it takes pods again' }];
      const record = dbDownPassed({ restore: { by: 'ada', results, differences: [] } });
      return lines(record, { style }).find((line) => line.startsWith('Restored'));
    };
    const rest = 'its owner makes new pods; node/one: it takes pods again; as before (by ada)';
    expect(restored('a')).toBe(`Restored  pod/a in apps: ${rest}`);
    expect(restored('a', 'b')).toBe(`Restored  pod/a in apps and pod/b in apps: ${rest}`);
    expect(restored('a', 'b', 'c')).toBe(`Restored  pod/a in apps and 2 others: ${rest}`);
  });

  it('names the link that broke with its cause, and what to do', () => {
    const text = lines(dbDownInhibited(), { style });
    expect(text[0]).toBe('✗ db-down: weakness found');
    expect(text).toContain(
      '  ✗ delivered (PostgresDown)             broken       6.0s    12.0s  fired but inhibited by NodeDown',
    );
    expect(text).toContain('  ↓ end delivered (PostgresDown)    not reached      15.0s    30.0s');
    expect(text.at(-1)).toBe('→ look at alertmanager_notifications_failed_total and at the log of Alertmanager');
  });

  it('has the path of the autoscaler and how the load was answered', () => {
    expect(lines(loadPassed(), { style })).toEqual(
      expect.arrayContaining([
        'Replicas  2 → 10 → 18 → 9 → 5 → 3 → 2; 18 wanted, reached after 45.0s, back 3m 50s after the load',
        'Load      108,000 requests by hey in 3m 00s, >99.9% succeeded, half within 31ms, 95% within 104ms',
      ]),
    );
  });

  it('says what was rehearsed, and what nobody could observe', () => {
    const text = lines(dbDownRehearsed(), { style });
    expect(text[0]).toBe('✓ db-down: passed (rehearsed)');
    expect(text[3]).toBe('  a real control plane with simulated nodes: no container runs');
    expect(text).toContain('↓ users see it: simulated pods answer nobody');
  });

  it('has all the reasons, and alerts that nobody expects', () => {
    const { observations } = dbDownPassed();
    const disk = { name: 'DiskFull', labels: {}, isBaseline: false, receivers: [], firingAt: faultAt + 1 };
    const record = dbDownPassed({
      links: brokenAt('pending', 'never pending: its expression returned nothing'),
      observations: { ...observations, alerts: [disk] },
    });
    const text = lines(record, { style });
    expect(text).toContain('! DiskFull fired, and the drill does not expect it');
    expect(text).toContain('Alerts    not expected: DiskFull');
  });

  it('tells of a drill that proved nothing with another symbol than of a weakness', () => {
    expect(lines(dbDownInconclusive(), { style })[0]).toBe('! db-down: inconclusive');
  });

  it('fits into the terminal', () => {
    for (const record of [dbDownPassed(), dbDownInhibited(), loadPassed(), dbDownRehearsed()]) {
      for (const line of lines(record, { style, columns: 60 }).filter((text) => !text.startsWith('→ '))) {
        expect(displayWidth(line)).toBeLessThanOrEqual(60);
      }
    }
  });

  it('needs no more than ASCII, and no colours, where the terminal has neither', () => {
    for (const record of [loadPassed(), dbDownInhibited(), dbDownRehearsed(), dbDownInconclusive()]) {
      expect(drillText(record, { style: createStyle({ color: false, unicode: false }) })).toMatch(/^[\n -~]*$/);
    }
  });

  it('shows nothing of what tools write to move the cursor or colour the text', () => {
    const record = dbDownPassed({ links: brokenAt('pending', '\u001b[31mred\u001b[2K\nnext') });
    expect(drillText(record, { style })).not.toContain('\u001b');
    expect(drillText(record, { style })).toContain('red next');
  });

  it('is coloured where that is wanted', () => {
    expect(drillText(dbDownInhibited(), { style: createStyle({ color: true }) })).toMatch(/^\u001b\[31m✗/);
  });
});
