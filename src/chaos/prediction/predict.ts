import { syncSeconds } from '../autoscaling/controller.js';
import { usualMetricsResolutionMs } from '../autoscaling/predict.js';
import { isUnnoticed, type Drill, type LinkName } from '../drill.js';
import type { PredictedLink, Prediction } from '../record.js';
import { answerOf } from '../preflight/asked.js';
import { expectedAlerts, type ExpectedAlert } from '../preflight/expected-alerts.js';
import type { Facts } from '../preflight/facts.js';
import { endingOfGroup, groupingOf, keepingOf, seeingOf, waitingOf } from './alert-timing.js';
import { endingOf, startingOf } from './pods.js';
import { sumOf, type Term } from './term.js';

/** What a request, a hand-over or a notification takes; the rest of such a second is the budget's margin. */
const prompt: Term = { what: 'a request', ms: 1_000 };
/** As long as an ingress tries to connect to a backend that is gone before it answers for it (Traefik's dialTimeout). */
const dialling: Term = { what: "the ingress's dial timeout", ms: 30_000 };
/** Where the autoscaler does not say (kube-controller-manager). */
const defaultWindowSeconds = 300;

/**
 * How long each link of a drill may take after the one before it, by the configuration that is live now; pure. Links of
 * which nothing can be told, since somebody did not answer or the drill does not ask for them, are not there. `scaling`
 * is not part of it.
 */
export function predict(drill: Drill, facts: Facts): Omit<Prediction, 'scaling'> {
  const prometheus = answerOf(facts.monitoring?.prometheus);
  const alerts = prometheus ? expectedAlerts(drill, prometheus).filter(({ rules }) => rules.length > 0) : [];
  const { symptom } = drill.expect;
  const isSeen = symptom !== undefined && facts.simulation === undefined;
  const chains = alerts.map((alert) => chainOf(alert, drill, facts));
  const links = [
    link('fault', [prompt]),
    ...(removesPods(drill, facts) ? [link('endpoints', [endingOf(drill, facts)])] : []),
    ...(isSeen && !isUnnoticed(symptom) ? [link('symptom', [dialling])] : []),
    ...chains.flatMap(({ told }) => told),
    link('restored', [prompt]),
    ...(isSeen ? [link('recovered', [...startingOf(drill, facts), prompt])] : []),
    ...chains.flatMap(({ resolved }) => resolved),
  ];
  return { links, totalMs: totalOf(links, drill) };
}

function link(name: LinkName, terms: readonly Term[], alert?: string): PredictedLink {
  return { name, ...(alert !== undefined && { alert }), ...sumOf(terms) };
}

function removesPods({ fault }: Drill, facts: Facts): boolean {
  const replicas = answerOf(facts.target)?.object?.spec.replicas ?? 1;
  return fault.type === 'scale' ? fault.replicas < replicas : fault.type === 'kill' || fault.type === 'drain';
}

interface Chain {
  readonly told: readonly PredictedLink[];
  readonly resolved: readonly PredictedLink[];
}

function chainOf(alert: ExpectedAlert, drill: Drill, facts: Facts): Chain {
  const prometheus = answerOf(facts.monitoring?.prometheus);
  if (!prometheus) return { told: [], resolved: [] };
  const { name } = alert;
  const { receiver } = drill.expect;
  const alertmanager = answerOf(facts.monitoring?.alertmanager);
  const seeing = seeingOf(alert, prometheus);
  const grouping = alertmanager && groupingOf(alert, receiver, alertmanager);
  const ending = alertmanager && endingOfGroup(alert, receiver, alertmanager);
  const over = [...startingOf(drill, facts), ...calmingOf(drill, facts), ...seeing, keepingOf(alert)];
  return {
    told: [
      link('pending', [...loadOf(drill), ...seeing], name),
      link('firing', [waitingOf(alert)], name),
      link('grouped', [{ ...prompt, what: 'handed over' }], name),
      link('routed', [], name),
      ...(grouping ? [link('delivered', [grouping, prompt], name)] : []),
    ],
    resolved: ending ? [link('resolved', [...over, ending, prompt], name)] : [],
  };
}

/** A burden shows when it has grown heavy enough, which may be at its end. */
function loadOf({ fault }: Drill): readonly Term[] {
  return fault.type === 'load' ? [{ what: 'the load', ms: fault.atMostMs }] : [];
}

/** An autoscaler comes down only when it has wanted less for long enough. */
function calmingOf({ fault }: Drill, facts: Facts): readonly Term[] {
  const { autoscaler, metricsResolutionMs = usualMetricsResolutionMs } = answerOf(facts.autoscaler) ?? {};
  if (fault.type !== 'load' || !autoscaler) return [];
  const seconds = autoscaler.spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? defaultWindowSeconds;
  const look = { what: 'metrics and autoscaler', ms: metricsResolutionMs + syncSeconds * 1000 };
  return [look, { what: 'stabilizationWindowSeconds', ms: seconds * 1000 }];
}

/** From the fault to the last link: users and alerts see it side by side. */
function totalOf(links: readonly PredictedLink[], { holdMs }: Drill): number {
  const lengthOf = (...names: readonly LinkName[]) => {
    const alerts = new Set(links.filter(({ name }) => names.includes(name)).map(({ alert }) => alert));
    const sums = [...alerts].map((alert) =>
      links
        .filter((each) => names.includes(each.name) && each.alert === alert)
        .reduce((sum, { atMostMs }) => sum + atMostMs, 0),
    );
    return Math.max(0, ...sums);
  };
  const seen = Math.max(lengthOf('symptom'), lengthOf('pending', 'firing', 'grouped', 'routed', 'delivered'));
  const over = Math.max(lengthOf('recovered'), lengthOf('resolved'));
  return lengthOf('fault') + lengthOf('endpoints') + seen + holdMs + lengthOf('restored') + over;
}
