import type { Environment } from '../environment/environment.js';
import type { EventHub } from '../plan/event-hub.js';
import { releaseId } from '../releases/release-step.js';

/** Warns of given values that a chart does not know, as soon as it is clear that its release is going to change. */
export function warnOfUnknownValues({ releases }: Pick<Environment, 'releases'>, events: EventHub): void {
  const stop = events.subscribe((event) => {
    if (event.type === 'run-finished') stop();
    if (event.type !== 'step-checked' || event.check.status !== 'needed') return;
    const release = releases.find(({ name }) => releaseId(name) === event.id);
    for (const message of unknownValuesOf(release)) events.emit({ type: 'notice', level: 'warning', message });
  });
}

/** `auth: its chart does not know replicaCont (platform.yaml); did you mean replicaCount?` */
export function unknownValuesOf(release: Environment['releases'][number] | undefined): string[] {
  return (release?.contents?.unknownValues ?? []).map(({ path, origin, refused, suggestion }) => {
    const what = refused ? 'its chart refuses' : 'its chart does not know';
    const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
    return `${release?.name ?? ''}: ${what} ${path} (${origin})${meant}`;
  });
}
