import { PlatformError } from '../../errors.js';
import type { Prometheus } from '../../monitoring/prometheus.js';
import type { World } from '../world.js';
import { courseOf, type Effect } from './effect.js';
import { judged, type Sight } from './judgement.js';
import { runTrials } from './promtool.js';
import { replayOf } from './replay.js';
import type { AlertingRule, RecordingRule } from './rule.js';
import { blindShape } from './shape.js';
import { trialsOf } from './trials.js';

export type SightWorld = Pick<World, 'monitoring' | 'tool' | 'processes'>;

interface SightOptions {
  /** Those that Prometheus has loaded, where they are known already. */
  readonly recordings?: readonly RecordingRule[];
  /** Does not try a rule that the fault does not touch: whether it fires anyway does not matter then. */
  readonly onlyWhereTouched?: boolean;
}

/**
 * Whether an alert's rule can see what a fault does: promtool evaluates it on the series that are there now, as the
 * fault would make them, and as they are without it. Who does not answer makes it `unknown`.
 * @param groupIntervalMs how often its group is evaluated
 */
export async function sightOf(
  rule: AlertingRule,
  groupIntervalMs: number,
  effect: Effect,
  world: SightWorld,
  signal: AbortSignal,
  { recordings, onlyWhereTouched = false }: SightOptions = {},
): Promise<Sight> {
  const alert = rule.name;
  if (effect.unknown !== undefined) return { alert, verdict: 'unknown', reason: effect.unknown, series: 0 };
  if (!world.monitoring) {
    return { alert, verdict: 'unknown', reason: 'nothing watches this environment', series: 0 };
  }
  const { prometheus } = world.monitoring;
  let series = 0;
  try {
    const loaded = recordings ?? (await recordingsOf(prometheus, signal));
    const replay = await replayOf(rule, groupIntervalMs, effect.namespace, { prometheus, loaded, signal });
    series = replay.scene.series.length;
    const shape = blindShape(rule.query, replay.selected, effect);
    const touched =
      trialsOf(replay, effect).length > 2 || replay.scene.series.some(({ labels }) => courseOf(effect, labels));
    if (onlyWhereTouched && !touched) return { alert, verdict: 'blind', reason: shape ?? '', series };
    const promtool = await whereIs(world, signal);
    if (promtool instanceof PlatformError) {
      const missing = `it could not be tried: ${promtool.message}`;
      return { alert, verdict: shape === undefined ? 'unknown' : 'blind', reason: shape ?? missing, series };
    }
    const trials = await runTrials(promtool, replay.scene, trialsOf(replay, effect), world.processes, signal);
    return { alert, series, ...judged(rule, effect, replay, trials, shape) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PlatformError) return { alert, verdict: 'unknown', reason: error.message, series };
    throw error;
  }
}

/** All recordings that Prometheus has loaded. */
export async function recordingsOf(
  prometheus: Pick<Prometheus, 'rules'>,
  signal: AbortSignal,
): Promise<readonly RecordingRule[]> {
  const groups = await prometheus.rules({ type: 'record' }, signal);
  return groups.flatMap(({ rules }) => rules).filter((rule) => rule.type === 'recording');
}

async function whereIs(world: SightWorld, signal: AbortSignal): Promise<string | PlatformError> {
  try {
    return await world.tool('promtool', signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PlatformError) return error;
    throw error;
  }
}
