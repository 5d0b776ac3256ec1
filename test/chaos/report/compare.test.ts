import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../src/chaos/report/compare.js';
import { comparisonNotes, comparisonRows } from '../../../src/chaos/report/comparison-words.js';
import type { Link } from '../../../src/chaos/record.js';
import { dbDownInhibited, dbDownPassed, dbDownRehearsed, faultAt, loadPassed } from '../records.js';

const taking = (times: Readonly<Partial<Record<Link['name'], number>>>) =>
  dbDownPassed({
    run: '20261122t100000-later0',
    links: dbDownPassed().links.map((link) => ({ ...link, tookMs: times[link.name] ?? link.tookMs ?? 0 })),
  });
const rowOf = (comparison: ReturnType<typeof compareRuns>, what: string) =>
  comparisonRows(comparison).find(([name]) => name === what);

describe('two runs of a drill', () => {
  it('differ by how much faster or slower each link was', () => {
    const comparison = compareRuns(dbDownPassed(), taking({ pending: 8800, resolved: 9000, firing: 30_900 }));
    expect(comparison.verdict).toBe('same');
    expect(rowOf(comparison, 'pending (PostgresDown)')).toEqual([
      'pending (PostgresDown)',
      '5.1s',
      '8.8s',
      '3.7s slower',
    ]);
    expect(rowOf(comparison, 'end delivered (PostgresDown)')?.[3]).toBe('5.0s faster');
    // A second, or a tenth of a long time, is chance.
    expect(rowOf(comparison, 'firing (PostgresDown)')?.[3]).toBe('same');
    expect(comparisonNotes(comparison)).toEqual([]);
  });

  it('differ by their verdicts, and by the links that broke or were mended', () => {
    const mended = compareRuns(dbDownInhibited(), dbDownPassed());
    expect(mended.verdict).toBe('better');
    expect(rowOf(mended, 'verdict')).toEqual(['verdict', 'weakness found', 'passed', 'better']);
    expect(rowOf(mended, 'delivered (PostgresDown)')).toEqual(['delivered (PostgresDown)', 'broken', '2.4s', 'better']);

    const broke = compareRuns(dbDownPassed(), dbDownInhibited());
    expect(broke.verdict).toBe('worse');
    expect(rowOf(broke, 'delivered (PostgresDown)')?.[3]).toBe('worse');
    expect(rowOf(broke, 'end delivered (PostgresDown)')?.[3]).toBe('other');
  });

  it('are neither better nor worse where one came to no end', () => {
    expect(compareRuns(dbDownPassed({ problem: 'hey is missing' }), dbDownPassed()).verdict).toBe('other');
  });

  it('differ by alerts that nobody expects', () => {
    const { observations } = dbDownPassed();
    const disk = { name: 'DiskFull', labels: {}, isBaseline: false, receivers: [], firingAt: faultAt + 1 };
    const withDisk = dbDownPassed({ observations: { ...observations, alerts: [...observations.alerts, disk] } });
    expect(comparisonNotes(compareRuns(dbDownPassed(), withDisk))).toEqual([
      'fired now, and nobody expects it: DiskFull',
    ]);
    expect(comparisonNotes(compareRuns(withDisk, dbDownPassed()))).toEqual([
      'fired before without being expected, and no longer: DiskFull',
    ]);
  });

  it('differ by the autoscaler and by how the load was answered', () => {
    const { scaling, load } = loadPassed();
    if (!scaling || !load?.latency) throw new Error('a load has both');
    const slower = loadPassed({
      scaling: { ...scaling, path: [2, 10, 18, 2], returnedMs: 300_000 },
      load: { ...load, successRatio: 0.9, requests: 54_000, latency: { ...load.latency, p95: 208 } },
    });
    const comparison = compareRuns(loadPassed(), slower);
    const rows = comparisonRows(comparison, '>').slice(-6);
    expect(rows).toEqual([
      ['replicas', '2 > 10 > 18 > 9 > 5 > 3 > 2', '2 > 10 > 18 > 2', 'other path'],
      ['replicas reached', '45.0s', '45.0s', 'same'],
      ['replicas back', '3m 50s', '5m 00s', '1m 10s slower'],
      ['answered with success', '>99.9%', '90%', 'worse'],
      ['requests a second', '600', '300', ''],
      ['95% answered within', '104ms', '208ms', '104ms slower'],
    ]);
  });

  it('are compared with caveats where they ran elsewhere, or were others', () => {
    const comparison = compareRuns(dbDownPassed(), dbDownRehearsed());
    expect(comparisonNotes(comparison)).toEqual([
      'one ran on kind, the other on embedded: times differ for that alone',
    ]);
    expect(rowOf(comparison, 'users see it')).toEqual(['users see it', '1.3s', 'not observed', 'other']);

    const { drill, prediction, marks } = dbDownPassed();
    const changed = dbDownPassed({
      drill: { ...drill, expect: { ...drill.expect, alerts: ['Other'] } },
      prediction: { ...prediction, links: [] },
      marks: { ...marks, startedAt: marks.startedAt - 1 },
    });
    expect(compareRuns(dbDownPassed(), changed).caveats).toEqual([
      'the drill itself was changed',
      'intervals or rules were changed: other times are predicted',
      `${changed.run} is the later one of the two`,
    ]);
  });

  it('cannot be compared where they are runs of different drills', () => {
    expect(() => compareRuns(dbDownPassed(), loadPassed())).toThrow(
      '20261121t095950-a1b2c3 is a run of db-down, 20261121t095945-777777 one of load',
    );
  });
});
