import type { LogsResult } from '../usecases/logs.js';
import type { Style } from './style.js';
import { table } from './table.js';

/** Logs as text; what stands in for them in a simulation is said to be that. */
export function logsText(result: LogsResult, { paint }: Style): string {
  switch (result.kind) {
    case 'followed':
      return '';
    case 'component':
      return result.lines.join('\n');
    case 'containers':
      return result.containers
        .map(({ pod, container, lines }) => [paint('bold', `${pod} ${container}`), ...lines].join('\n'))
        .join('\n\n');
    case 'simulated': {
      const pods = result.pods.map(({ name, phase }) => [name, phase]);
      const events = result.events.map(({ at, object, reason, message }) => [at, object, reason, message]);
      return [
        paint('dim', `${result.release} is simulated (${result.simulation}); its pods and events instead of logs:`),
        table(pods, { indent: 2 }),
        ...(events.length > 0 ? [table(events, { indent: 2 })] : ['  no events']),
      ].join('\n');
    }
  }
}
