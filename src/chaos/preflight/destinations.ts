import { receiversFor, type Destination, type Routing } from '../../monitoring/routing.js';
import type { Certainty } from '../../monitoring/matchers.js';
import type { ExpectedAlert } from './expected-alerts.js';

/** Where an alert goes, whichever of its rules raises it. */
export function destinationsOf({ rules }: ExpectedAlert, routing: Routing): readonly Destination[] {
  const found = rules.map(({ labels }) => receiversFor(routing, labels));
  const routes = [...new Set(found.flat().map(({ route }) => route))];
  return routes.map((route) => {
    const certainties = found.map((each) => each.find((destination) => destination.route === route)?.certainty ?? 'no');
    return { route, certainty: overall(certainties) === 'yes' ? 'yes' : 'maybe' };
  });
}

/** What holds for all that may come: only what each says is certain. */
export function overall(certainties: readonly Certainty[]): Certainty {
  if (certainties.length > 0 && certainties.every((certainty) => certainty === 'yes')) return 'yes';
  return certainties.every((certainty) => certainty === 'no') ? 'no' : 'maybe';
}
