import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeChain } from '../../src/chaos/chain/judge.js';
import type { LinkName } from '../../src/chaos/drill.js';
import { budgetFor } from '../../src/chaos/prediction/budget.js';
import { readRecord } from '../../src/chaos/record-file.js';
import type { DrillRecord } from '../../src/chaos/record.js';
import { verdictOf } from '../../src/chaos/verdict.js';
import type { Receivers } from '../../src/monitoring/receivers.js';

/*
 * Records of real runs on the embedded provider (test/e2e/drills), without what belongs to the machine. Whatever is
 * changed in how a run is judged, of these it has to say the same.
 */
const recorded = (name: string) => readRecord(join(import.meta.dirname, '..', 'fixtures', 'drills', `${name}.json`));

/** Of the environment in which they ran: what Alertmanager's configuration says is not kept in a record. */
const webhook = (sendsResolved = true) => [{ kind: 'webhook', sendsResolved }];
const receivers: Receivers = {
  ...{ inbox: webhook(), closed: webhook(), slow: webhook(), together: webhook() },
  ...{ mute: webhook(false), nobody: [] },
};

function judgedAgain(record: DrillRecord): DrillRecord {
  const { drill, marks, prediction, observations } = record;
  const links = judgeChain({
    ...{ drill, marks, prediction, observations, receivers },
    budgetFor: (name, alert) => budgetFor({ name, ...(alert !== undefined && { alert }) }, prediction, drill),
    now: marks.endedAt,
    isRehearsed: record.simulation !== undefined,
  });
  const judged = { ...record, links };
  return { ...judged, verdict: verdictOf(judged) };
}

/** The run as it would have been with one expected alert, and no look before. */
function of(alert: string, record: DrillRecord): DrillRecord {
  const { drill } = record;
  const mayFire = [...drill.expect.alerts, ...drill.expect.mayFire].filter((name) => name !== alert);
  return { ...record, findings: [], drill: { ...drill, expect: { ...drill.expect, alerts: [alert], mayFire } } };
}

describe('a recorded run', () => {
  it.each(['passed', 'broken-links', 'silenced-meanwhile'])('is judged today as it was then: %s', async (name) => {
    const record = await recorded(name);
    expect(judgedAgain(record)).toEqual(record);
  });

  it.each<[string, LinkName, string | RegExp]>([
    ['QueueMissing', 'pending', 'nobody was told of QueueMissing: no rule is called QueueMissing'],
    ['QueueUnhealthy', 'pending', /^nobody was told of QueueUnhealthy: rule QueueUnhealthy fails: .*many-to-many/],
    ['QueueBlind', 'pending', /^nobody was told of QueueBlind: .* its expression returned nothing$/],
    ['QueueSilenced', 'delivered', 'nobody was told of QueueSilenced: fired but silenced by "too loud" of ann'],
    ['QueueInhibited', 'delivered', 'nobody was told of QueueInhibited: fired but inhibited by Maintenance'],
    ['QueueToNobody', 'routed', 'nobody was told of QueueToNobody: routed to nobody, which has no integrations'],
    ['QueueToClosed', 'delivered', /^nobody was told of QueueToClosed: webhook of "closed" did not take \d+ of \d+/],
    ['QueueToSlow', 'delivered', /^"delivered \(QueueToSlow\)" came late after .* instead of 5\.0s at most$/],
    ['QueueSecond', 'delivered', /^"delivered \(QueueSecond\)" came late .*: it joined the group of QueueFirst, and/],
    ['QueueToMute', 'resolved', /^nobody was told that QueueToMute is over: .*send_resolved is off for webhook/],
  ])('is a weakness for %s alone, and the link is %s', async (alert, link, summary) => {
    const { links, verdict } = judgedAgain(of(alert, await recorded('broken-links')));

    const amiss = links.filter(({ status }) => status === 'broken' || status === 'late');
    expect(amiss.map(({ name }) => name)).toEqual([link]);
    expect(verdict).toMatchObject({ outcome: 'weakness', reasons: [expect.stringMatching(summary) as string] });
  });

  it('has passed where the one alert got through that is looked at', async () => {
    const { verdict } = judgedAgain(of('StoreDown', await recorded('passed')));
    expect(verdict).toMatchObject({ outcome: 'passed', isRehearsed: true, reasons: [] });
  });

  it('is a weakness as soon as an alert that fired is expected by nobody', async () => {
    const record = await recorded('passed');
    const { expect: expected } = record.drill;
    const drill = { ...record.drill, expect: { ...expected, mayFire: [] } };
    expect(judgedAgain({ ...record, drill }).verdict).toMatchObject({
      outcome: 'weakness',
      reasons: ['StoreAlsoDown fired, and the drill does not expect it'],
    });
  });
});
