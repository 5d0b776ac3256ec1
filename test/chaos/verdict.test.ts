import { describe, expect, it } from 'vitest';
import type { Restored } from '../../assets/apps/src/reaper/intent.js';
import type { Drill } from '../../src/chaos/drill.js';
import type { DrillRecord, Finding } from '../../src/chaos/record.js';
import { exitCodeOf } from '../../src/chaos/verdict.js';
import { prometheusRestarted } from '../../src/chaos/words.js';
import {
  brokenAt,
  dbDown,
  dbDownInconclusive,
  dbDownInhibited,
  dbDownPassed,
  dbDownRehearsed,
  faultAt,
  judged,
  load,
  loadPassed,
  without,
} from './records.js';

const passed = dbDownPassed();
const finding = (level: Finding['level'], more: Partial<Finding> = {}): Finding => ({
  check: 'some',
  level,
  message: `it is ${level}`,
  fix: [`mend what is ${level}`],
  ...more,
});

describe('the verdict of a drill in which everything came in time', () => {
  it('is passed, and says how fast people were told of the fault and of its end', () => {
    expect(passed.verdict).toEqual({
      outcome: 'passed',
      isRehearsed: false,
      summary: 'PostgresDown reached inbox 38.2s after postgres was gone, and its end 14.0s after it was back',
      reasons: [],
      notObserved: [],
      next: [],
    });
  });

  it('says of a load how the autoscaler went, and how much was answered', () => {
    expect(loadPassed().verdict).toMatchObject({
      outcome: 'passed',
      summary:
        'images went 2 → 10 → 18 → 9 → 5 → 3 → 2 (18 replicas after 45.0s, 2 again 3m 50s after the load ended); >99.9% of 108,000 requests were answered with success',
    });
  });

  it('says of a drill without alerts what users got', () => {
    const links = passed.links.filter(({ alert }) => alert === undefined);
    const record = dbDownPassed({
      drill: { ...dbDown, expect: { ...dbDown.expect, alerts: [], mayFire: ['PostgresDown'] } },
      links,
    });
    expect(record.verdict.summary).toBe(
      'users got the page designed for this 3.4s after postgres was gone, and were served again 5.5s after the fault was taken back',
    );
  });

  it('says of users who should notice nothing that they did not, where somebody asked like them', () => {
    const symptom = { url: 'https://shop.test/', status: 200 };
    const drill = { ...dbDown, expect: { ...dbDown.expect, symptom, alerts: [] } };
    const links = passed.links
      .filter(({ alert, name }) => alert === undefined && name !== 'symptom')
      .map((link) => (link.name === 'recovered' ? { ...link, detail: 'https://shop.test/ answered as usual' } : link));
    const observations = { ...passed.observations, alerts: [] };
    const words = 'users noticed nothing: https://shop.test/ answered as usual';
    expect(dbDownPassed({ drill, links, observations }).verdict.summary).toBe(words);
    const simulation = 'no container runs';
    expect(dbDownPassed({ drill, links, observations, simulation }).verdict.summary).not.toContain('noticed nothing');
  });

  it('is rehearsed where nothing but the control plane is real, and names what was not observed', () => {
    expect(dbDownRehearsed().verdict).toMatchObject({
      outcome: 'passed',
      isRehearsed: true,
      notObserved: ['users see it: simulated pods answer nobody', 'well again: simulated pods answer nobody'],
    });
  });

  it('counts alerts of the baseline, allowed ones and those about alerting itself as nothing', () => {
    const sighting = { labels: {}, receivers: ['inbox'], firingAt: faultAt + 1, endedAt: faultAt + 2 };
    const alerts = [
      ...passed.observations.alerts,
      { name: 'NodeDown', isBaseline: true, ...sighting },
      { name: 'HighErrorRatio', isBaseline: false, ...sighting },
      { name: 'InfoInhibitor', isBaseline: false, ...sighting },
      { name: 'JustPending', isBaseline: false, labels: {}, receivers: [], pendingAt: faultAt + 1 },
    ];
    expect(dbDownPassed({ observations: { ...passed.observations, alerts } }).verdict.outcome).toBe('passed');
  });
});

describe('a weakness', () => {
  it('is a link that broke, with its cause', () => {
    expect(dbDownInhibited().verdict).toMatchObject({
      outcome: 'weakness',
      summary: 'nobody was told of PostgresDown: fired but inhibited by NodeDown',
      next: [expect.stringContaining('alertmanager_notifications_failed_total') as unknown],
    });
  });

  it.each([
    ['symptom', 'users did not get what is designed for this: 200 instead of 503'],
    ['pending', 'nobody was told of PostgresDown: 200 instead of 503'],
    ['recovered', 'users were not served again after the fault was taken back: 200 instead of 503'],
    ['resolved', 'nobody was told that PostgresDown is over: 200 instead of 503'],
  ] as const)('is told by what it means: %s', (name, summary) => {
    expect(dbDownPassed({ links: brokenAt(name, '200 instead of 503') }).verdict).toMatchObject({
      outcome: 'weakness',
      summary,
    });
  });

  it('is what users noticed who should notice nothing', () => {
    const symptom = { url: 'https://shop.test/', status: 200 };
    const drill = { ...dbDown, expect: { ...dbDown.expect, symptom } };
    const links = brokenAt('recovered', '3 of 9 times');
    expect(dbDownPassed({ drill, links }).verdict.summary).toBe('users noticed the fault: 3 of 9 times');
  });

  it('is a link that came late, with what it took and what it may take', () => {
    const links = passed.links.map((link) =>
      link.name === 'delivered'
        ? { ...link, status: 'late' as const, tookMs: 305_000, cause: 'it joined a group' }
        : link,
    );
    expect(dbDownPassed({ links }).verdict).toMatchObject({
      outcome: 'weakness',
      summary: '"delivered (PostgresDown)" came late after 5m 05s instead of 12.0s at most: it joined a group',
    });
  });

  it('is an alert that nobody expects, named once', () => {
    const disk = { name: 'DiskFull', labels: {}, isBaseline: false, receivers: ['inbox'], firingAt: faultAt + 1 };
    const alerts = [...passed.observations.alerts, disk, { ...disk, labels: { node: 'b' } }];
    expect(dbDownPassed({ observations: { ...passed.observations, alerts } }).verdict).toMatchObject({
      outcome: 'weakness',
      reasons: ['DiskFull fired, and the drill does not expect it'],
    });
  });

  it('is an alert that goes on although the fault is over', () => {
    const alerts = passed.observations.alerts.map(({ endedAt, ...alert }) => {
      expect(endedAt === undefined).toBe(alert.isBaseline);
      return alert;
    });
    const observations = { ...passed.observations, alerts };
    // Somebody was told that it is over, and it was only not looked at again.
    expect(dbDownPassed({ observations }).verdict.outcome).toBe('passed');
    const links = passed.links.filter(({ name }) => name !== 'resolved');
    expect(dbDownPassed({ observations, links }).verdict).toMatchObject({
      outcome: 'weakness',
      summary: 'PostgresDown still fires although the fault was taken back',
    });
  });

  it('is an autoscaler or a load below what is expected', () => {
    const { scaling, load } = loadPassed();
    if (!scaling || !load) throw new Error('a load has both');
    expect(
      loadPassed({
        scaling: { ...scaling, status: 'weak', problems: ['it stayed at 18 replicas'] },
        load: { ...load, problems: ['95% took up to 900ms instead of 500ms'] },
      }).verdict,
    ).toMatchObject({
      outcome: 'weakness',
      reasons: [
        'the autoscaler did not do what is expected: it stayed at 18 replicas',
        'the load was not answered as expected: 95% took up to 900ms instead of 500ms',
      ],
    });
  });

  it('is a finding from before the fault, unless the drill has shown otherwise', () => {
    const weakness = finding('weakness', { link: 'resolved', message: 'send_resolved is off' });
    const links = passed.links.filter(({ name }) => name !== 'resolved');
    expect(dbDownPassed({ findings: [weakness], links }).verdict).toMatchObject({
      outcome: 'weakness',
      summary: 'send_resolved is off',
      next: ['mend what is weakness'],
    });
    expect(dbDownPassed({ findings: [weakness] }).verdict.outcome).toBe('passed');
  });
});

describe('an inconclusive drill', () => {
  it('is one in which who had to see a link was away when it had to come', () => {
    expect(dbDownInconclusive().verdict).toMatchObject({
      outcome: 'inconclusive',
      summary:
        '"pending (PostgresDown)" cannot be judged: Prometheus did not answer for 1m 02s: connect ECONNREFUSED 127.0.0.1:9090',
    });
  });

  it('is none where the silence was short or over long before', () => {
    const silence = { who: 'prometheus' as const, error: 'restarting' };
    const verdictWith = (fromS: number, toS: number, who: 'prometheus' | 'alertmanager' = 'prometheus') =>
      dbDownPassed({
        links: brokenAt('pending', 'never pending'),
        observations: {
          ...passed.observations,
          silences: [{ ...silence, who, from: faultAt + fromS * 1000, to: faultAt + toS * 1000 }],
        },
      }).verdict.outcome;
    // The link before it came after 3.4 s, and this one may take 20 s.
    expect(verdictWith(4, 13)).toBe('weakness');
    expect(verdictWith(4, 15)).toBe('inconclusive');
    expect(verdictWith(22, 24)).toBe('inconclusive');
    expect(verdictWith(-9, 1)).toBe('weakness');
    expect(verdictWith(4, 60, 'alertmanager')).toBe('weakness');
  });

  it('is one in which Prometheus was restarted, as far as that may be the reason', () => {
    const verdictWith = (links: DrillRecord['links'], restartedAtS: number) => {
      const incidents = [{ at: faultAt + restartedAtS * 1000, message: prometheusRestarted }];
      return dbDownPassed({ links, observations: { ...passed.observations, incidents } }).verdict;
    };
    const lateAt = (name: string) =>
      passed.links.map((link) => (link.name === name ? { ...link, status: 'late' as const } : link));
    const late = lateAt('firing');
    // What fired before it knew Alertmanager it tells a minute later.
    expect(verdictWith(lateAt('grouped'), 1).outcome).toBe('inconclusive');
    expect(verdictWith(late, 1)).toMatchObject({
      outcome: 'inconclusive',
      summary: `"firing (PostgresDown)" cannot be judged: ${prometheusRestarted}`,
    });
    expect(verdictWith(late, -1).outcome).toBe('weakness');
    expect(verdictWith(late, 3600).outcome).toBe('weakness');
    expect(verdictWith(brokenAt('pending', prometheusRestarted), 1).outcome).toBe('inconclusive');
    expect(verdictWith(brokenAt('pending', 'no rule is called PostgresDown'), 1).outcome).toBe('weakness');
    expect(verdictWith(brokenAt('routed', 'routed to null'), 1).outcome).toBe('weakness');
    expect(verdictWith(passed.links, 1).outcome).toBe('passed');
  });

  it('is one that was refused, or would prove nothing', () => {
    const { startedAt, endedAt } = passed.marks;
    const record = { ...without(passed, 'restore'), links: [], marks: { startedAt, endedAt } };
    const { verdict } = judged({ ...record, findings: [finding('inconclusive'), finding('refused')] });
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      summary: 'it is refused',
      reasons: ['it is refused', 'it is inconclusive'],
      next: ['mend what is refused', 'mend what is inconclusive'],
    });
  });

  it('is one whose target was changed by somebody else, whose difference is not ours', () => {
    const subject = 'statefulset/postgres in app-services';
    const restore = {
      by: 'ada@laptop/1',
      results: [{ subject, outcome: 'foreign' as const, detail: 'somebody set 3 replicas' }],
      differences: [`${subject} has 3 replicas instead of 1`],
    };
    expect(dbDownPassed({ restore }).verdict).toMatchObject({
      outcome: 'inconclusive',
      summary: `${subject} was changed by somebody else during the drill: somebody set 3 replicas`,
    });
  });

  it('is one during which something happened to the target, and none where it happened to another', () => {
    const outcomeWith = (message: string) =>
      dbDownPassed({ observations: { ...passed.observations, incidents: [{ at: faultAt, message }] } }).verdict.outcome;
    expect(outcomeWith('statefulset/postgres in app-services was deleted')).toBe('inconclusive');
    expect(outcomeWith('statefulset/postgres-exporter was deleted')).toBe('passed');
    expect(outcomeWith('Prometheus restarted')).toBe('passed');
  });

  it('is a load that ended before an autoscaler could have reacted', () => {
    const { scaling } = loadPassed();
    if (!scaling) throw new Error('a load has a trajectory');
    expect(loadPassed({ scaling: { ...scaling, status: 'ended-early' } }).verdict).toMatchObject({
      outcome: 'inconclusive',
      summary: 'the load ended before the autoscaler could have reacted',
    });
  });

  it('is a load that asked for no more replicas than there were', () => {
    const { scaling } = loadPassed();
    if (!scaling) throw new Error('a load has a trajectory');
    const { verdict } = loadPassed({ scaling: { ...scaling, status: 'too-small', problems: ['it stopped at 4'] } });
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      summary: 'the load was too small to test the autoscaler: it stopped at 4',
      next: ['make more load, such as by more `workers`, or let the drill expect fewer replicas (`reaches`)'],
    });
  });

  it('is a fault without an effect', () => {
    expect(dbDownPassed({ links: brokenAt('endpoints', '1 endpoint stayed ready') }).verdict).toMatchObject({
      outcome: 'inconclusive',
      summary: 'the fault had no effect, its target stayed ready: 1 endpoint stayed ready',
    });
  });

  it('is one that has seen nothing of what it waits for, or never broke anything', () => {
    const unobserved = passed.links.map(({ name, status }) => ({
      name,
      status: name === 'fault' || name === 'restored' ? status : ('unobserved' as const),
    }));
    expect(dbDownPassed({ links: unobserved }).verdict).toMatchObject({
      outcome: 'inconclusive',
      summary: 'nothing of what the drill expects can be observed here',
    });
    const { startedAt, endedAt } = passed.marks;
    expect(judged({ ...without(passed, 'restore'), marks: { startedAt, endedAt } }).verdict).toMatchObject({
      outcome: 'inconclusive',
      summary: 'the fault was never injected',
    });
  });

  it('is one that ended while it still waited', () => {
    const links = passed.links.map((link) =>
      link.name === 'resolved' ? { name: link.name, status: 'unreached' as const } : link,
    );
    expect(dbDownPassed({ links }).verdict.outcome).toBe('inconclusive');
  });
});

describe('a drill that did not come to its end', () => {
  it('failed by the words of the tool', () => {
    expect(dbDownPassed({ problem: 'hey could not be started' }).verdict).toMatchObject({
      outcome: 'failed',
      summary: 'hey could not be started',
    });
  });

  it('was interrupted, and says what became of the fault', () => {
    expect(dbDownPassed({ problem: 'aborted' }, { isInterrupted: true }).verdict).toMatchObject({
      outcome: 'interrupted',
      summary: 'the drill was interrupted before its end, and the fault was taken back',
    });
    const marks = { startedAt: passed.marks.startedAt, endedAt: passed.marks.endedAt };
    const summaryWith = (outcome: Restored['outcome']) => {
      const restore = { by: 'ada', results: [{ subject: 'postgres', outcome, detail: '' }], differences: [] };
      return dbDownPassed({ marks, restore }, { isInterrupted: true }).verdict.summary;
    };
    expect(summaryWith('as-it-was')).toBe('the drill was interrupted before the fault: nothing was changed');
    // The answer to the request that made the fault was not waited for.
    expect(summaryWith('restored')).toBe('the drill was interrupted before its end, and the fault was taken back');
  });

  it('shows nothing where somebody else ended it, whatever has not come', () => {
    const links = brokenAt('pending', 'never pending');
    expect(
      dbDownPassed({ links }, { isInterrupted: false, endedBy: 'the fault was taken back by ann@laptop/7' }).verdict,
    ).toMatchObject({
      outcome: 'inconclusive',
      summary: 'the fault was taken back by ann@laptop/7, before the drill had seen all that it waits for',
    });
  });

  it('tells nothing of what was not seen before it was interrupted', () => {
    const links = brokenAt('pending', 'never pending');
    expect(dbDownPassed({ links }, { isInterrupted: true }).verdict.reasons).toEqual([
      'the drill was interrupted before its end, and the fault was taken back',
    ]);
  });
});

describe('something of ours that is left', () => {
  const left = { by: 'ada@laptop/1', results: [], differences: ['postgres has 0 replicas instead of 1'] };

  it('comes before everything else, with the command that takes it back', () => {
    const record = { restore: left, problem: 'failed', links: brokenAt('pending', 'never pending') };
    const { verdict } = dbDownPassed(record, { isInterrupted: true });
    expect(verdict).toMatchObject({
      outcome: 'not-restored',
      summary: 'not as it was before the fault: postgres has 0 replicas instead of 1',
    });
    expect(verdict.next[0]).toBe('platform chaos restore 20261121t095950-a1b2c3 --environment shop');
    expect(verdict.reasons).toHaveLength(3);
  });

  it('is only not ready yet where somebody interrupted it and the fault itself was taken back', () => {
    const results = [{ subject: 'postgres', outcome: 'restored' as const, detail: '1 replica again' }];
    const restore = { by: 'ada@laptop/1', results, differences: ['postgres: 0 of 1 pods ready'] };
    expect(dbDownPassed({ restore }, { isInterrupted: true }).verdict).toMatchObject({
      outcome: 'interrupted',
      reasons: [
        'the drill was interrupted before its end, and the fault was taken back',
        'not as it was before the fault yet: postgres: 0 of 1 pods ready',
      ],
    });
    // Who had the time to wait for it is told that it does not come, and not to take back what was taken back.
    expect(dbDownPassed({ restore }).verdict).toMatchObject({
      outcome: 'not-restored',
      summary: 'not as it was before the fault: postgres: 0 of 1 pods ready',
      next: ['see what it waits for with `platform status`'],
    });
  });

  it('is also a fault of which nobody knows that it was taken back', () => {
    const outcomeWith = (fault: Drill['fault'], simulation?: string) => {
      const record = without({ ...passed, drill: { ...dbDown, fault } }, 'restore');
      return judged({ ...record, ...(simulation !== undefined && { simulation }) }).verdict.outcome;
    };
    expect(outcomeWith(dbDown.fault)).toBe('not-restored');
    // These are over by themselves.
    expect(outcomeWith({ type: 'kill', target: load.fault.target, count: 1 })).toBe('passed');
    expect(outcomeWith(load.fault)).toBe('passed');
    expect(outcomeWith(load.fault, 'simulated')).toBe('not-restored');
  });

  it('is also a fault whose end nobody has seen', () => {
    const links = passed.links.map((link) =>
      link.name === 'restored' ? { name: link.name, status: 'broken' as const, cause: 'the API server is away' } : link,
    );
    expect(dbDownPassed({ links }).verdict).toMatchObject({
      outcome: 'not-restored',
      reasons: ['the fault was not taken back: the API server is away'],
    });
  });
});

describe('the exit code', () => {
  it('tells every outcome apart', () => {
    const outcomes = ['passed', 'weakness', 'inconclusive', 'not-restored', 'failed', 'interrupted'] as const;
    expect(outcomes.map((outcome) => exitCodeOf({ outcome }))).toEqual([0, 7, 9, 8, 4, 130]);
  });
});
