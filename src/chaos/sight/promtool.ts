import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDuration } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import type { Processes } from '../../process.js';
import { ruleFile, testFile, trialLabel, type Scene, type Trial } from './trial-file.js';

/**
 * What became of a rule's alerts in one trial: by their labels, when each was pending and firing for the first time, in
 * milliseconds after the first measurement that knows of the fault.
 */
export interface TrialAlerts {
  readonly pending: ReadonlyMap<string, number>;
  readonly firing: ReadonlyMap<string, number>;
}

/** Longer than the largest trial takes on a busy machine. */
const mostTrialMs = 60_000;

/**
 * Lets promtool evaluate a rule as Prometheus would, in several trials at once.
 * @returns the alerts of each trial since the fault, by the trial's name
 * @throws PlatformError `inconclusive` with promtool's words for a rule that it refuses or cannot evaluate
 */
export async function runTrials(
  promtool: string,
  scene: Scene,
  trials: readonly Trial[],
  processes: Processes,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TrialAlerts>> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-trial-'));
  const late = AbortSignal.timeout(mostTrialMs);
  try {
    // JSON is YAML, and is written in no time.
    await writeFile(join(folder, 'rules.yaml'), JSON.stringify(ruleFile(scene)));
    await writeFile(join(folder, 'test.yaml'), JSON.stringify(testFile(scene, 'rules.yaml', trials)));
    const { stdout, stderr, exitCode } = await processes.run(promtool, ['test', 'rules', 'test.yaml'], {
      cwd: folder,
      allowFailure: true,
      signal: AbortSignal.any([signal, late]),
    });
    const told = exitCode === 0 ? '' : `${stderr}\n${stdout}`;
    return alertsIn(told, scene, trials);
  } catch (error) {
    signal.throwIfAborted();
    if (!late.aborted) throw error;
    throw new PlatformError('inconclusive', `promtool was not done with it after ${formatDuration(mostTrialMs)}`, {
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What promtool says of a question that was answered although nothing was expected. */
const answer = /^\s*expr: .*, time: .*,\s*\n\s*exp: nil\s*\n\s*got: (.*)$/gm;
/** One element of an answer: its labels, and its value. */
const element = /\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\} ([^\s,]+)/g;
const label = /("(?:[^"\\]|\\.)*"|[^\s,=]+)="((?:[^"\\]|\\.)*)"/g;

function alertsIn(told: string, { clock, now }: Scene, trials: readonly Trial[]): ReadonlyMap<string, TrialAlerts> {
  const rest = told
    .replace(answer, '')
    .replace(/^\s*(FAILED:|SUCCESS)\s*$/gm, '')
    .trim();
  if (rest !== '') throw new PlatformError('inconclusive', `promtool refuses it: ${rest.replace(/\s*\n\s*/g, '; ')}`);
  const found = new Map(
    trials.map(({ name }) => [name, { pending: new Map<string, number>(), firing: new Map<string, number>() }]),
  );
  const faultAt = now + clock.stepMs;
  for (const [, elements = ''] of told.matchAll(answer)) {
    for (const [, text = '', value] of elements.matchAll(element)) {
      const labels = new Map([...text.matchAll(label)].map(([, name = '', quoted = '']) => [name, quoted]));
      const alerts = found.get(labels.get(trialLabel) ?? '');
      const state = labels.get('alertstate') === 'firing' ? 'firing' : 'pending';
      for (const own of [trialLabel, 'alertstate']) labels.delete(own);
      alerts?.[state].set(JSON.stringify([...labels]), Number(value) * 1_000 - faultAt);
    }
  }
  return found;
}
