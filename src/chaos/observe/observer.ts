import type { Drill } from '../drill.js';
import { targetOf } from '../target.js';
import type { Observations } from '../record.js';
import type { World } from '../world.js';
import { createAlertBook } from './alert-book.js';
import { foreignClocks, type ForeignClocks } from './clocks.js';
import { createLedger, type Fact, type Ledger } from './ledger.js';
import { createSilences } from './silences.js';
import { watchAlertmanager } from './watch-alertmanager.js';
import { watchAlerts } from './watch-alerts.js';
import { watchDeliveries } from './watch-deliveries.js';
import { watchNotifications } from './watch-notifications.js';
import { watchPrometheus } from './watch-prometheus.js';
import { watchRules } from './watch-rules.js';
import { watchSymptom } from './watch-symptom.js';
import { watchTarget } from './watch-target.js';
import { runWatcher, type Watcher } from './watcher.js';

/** A drill being observed. */
export interface Observer {
  /** Grows. */
  readonly observations: Observations;
  /** How much the clocks of others are ahead of ours, in milliseconds, as far as it is known by now. */
  readonly clockOffsetsMs: Readonly<Record<string, number>>;
  /** Resolves at the next new fact; rejects with the signal's reason. */
  changed(signal: AbortSignal): Promise<void>;
  /** Ends all watchers; resolves when the last one has. */
  stop(): Promise<void>;
}

export interface ObserveOptions {
  /** Every new fact, for the journal. */
  readonly onFact: (fact: Fact) => void;
  /** When the fault was made; what is there before is the baseline. */
  readonly faultAt: () => number | undefined;
  /** Replicas that the target had before the drill: in its first seconds the API server may be away. */
  readonly original?: number;
  /** More watchers, which write into the same ledger. */
  readonly watchers?: (ledger: Ledger) => readonly Watcher[];
}

/** Watches everything that a drill expects until it is stopped or the signal aborts. Never throws because of others. */
export function startObserving(drill: Drill, world: World, options: ObserveOptions, signal: AbortSignal): Observer {
  const { clock, monitoring } = world;
  const ledger = createLedger(() => clock.now(), options.onFact);
  const silences = createSilences(ledger, clock);
  const stopped = new AbortController();
  const ending = AbortSignal.any([signal, stopped.signal]);
  const clocks = monitoring && foreignClocks(monitoring.prometheus, clock);
  const watchers = [
    ...targetWatchers(drill, world, ledger, options),
    ...symptomWatchers(drill, world, ledger),
    ...(clocks ? alertWatchers(drill, world, ledger, clocks, options) : []),
    ...(options.watchers?.(ledger) ?? []),
  ];
  const running = Promise.all(watchers.map((watcher) => runWatcher(watcher, { ledger, silences, clock }, ending)));
  return {
    observations: ledger.observations,
    clockOffsetsMs: clocks?.offsetsMs ?? {},
    changed: (waiting) => ledger.changed(waiting),
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

function targetWatchers(
  drill: Drill,
  { client, clock }: World,
  ledger: Ledger,
  { original }: Pick<ObserveOptions, 'original'>,
): Watcher[] {
  const target = targetOf(drill.fault);
  if (!target) return [];
  const replicas = drill.fault.type === 'scale' ? { replicas: drill.fault.replicas } : {};
  return [watchTarget(target, { client, ledger, clock, ...replicas, ...(original !== undefined && { original }) })];
}

/** Simulated pods show nothing to anybody. */
function symptomWatchers({ expect }: Drill, { provider, probe }: World, ledger: Ledger): Watcher[] {
  return expect.symptom && provider.simulation === undefined ? [watchSymptom(expect.symptom, { probe, ledger })] : [];
}

function alertWatchers(
  { expect }: Drill,
  { monitoring, clock }: World,
  ledger: Ledger,
  clocks: ForeignClocks,
  { faultAt }: ObserveOptions,
): Watcher[] {
  if (!monitoring) return [];
  const { prometheus, alertmanager, inbox } = monitoring;
  const book = createAlertBook(ledger, faultAt);
  return [
    watchAlerts({ prometheus, book, clocks, clock }),
    watchAlertmanager({ alertmanager, book, clocks, clock }),
    ...(expect.alerts.length > 0 ? [watchRules(expect.alerts, { prometheus, ledger })] : []),
    watchPrometheus({ prometheus, ledger, clock }),
    watchDeliveries({ inbox, ledger, clocks, clock }),
    watchNotifications({ alertmanager, ledger, clock }),
  ];
}
