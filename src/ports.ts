import type { Clock } from './clock.js';
import type { Paths } from './paths.js';
import type { EventHub } from './plan/event-hub.js';
import type { Interruption } from './plan/interruption.js';
import type { Processes } from './process.js';

/** Everything a use case needs from outside; built once per command, faked in tests. */
export interface Ports {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly paths: Paths;
  readonly events: EventHub;
  readonly interruption: Interruption;
  /** Environment variables of the user: proxies, PATH, NO_COLOR. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}
