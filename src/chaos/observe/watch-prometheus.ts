import type { Clock } from '../../clock.js';
import type { Prometheus } from '../../monitoring/prometheus.js';
import { prometheusRestarted } from '../words.js';
import type { Ledger } from './ledger.js';
import type { Watcher } from './watcher.js';

interface Sources {
  readonly prometheus: Pick<Prometheus, 'runtime' | 'alertmanagers'>;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** Whether Prometheus is still the same process, and knows an Alertmanager. */
export function watchPrometheus({ prometheus, ledger, clock }: Sources): Watcher {
  const starts: number[] = [];
  let hadAlertmanager = true;
  const tell = (message: string) => {
    ledger.put('incidents', { at: clock.now(), message });
  };
  return {
    name: 'prometheus',
    who: 'prometheus',
    everyMs: 2000,
    async look(signal) {
      const { startTime } = await prometheus.runtime(signal);
      // Replicas behind one Service answer in turn, but none of them gets younger.
      if (starts.length > 0 && startTime > Math.max(...starts)) {
        tell(prometheusRestarted);
      }
      if (!starts.includes(startTime)) starts.push(startTime);

      const hasAlertmanager = (await prometheus.alertmanagers(signal)).length > 0;
      if (hasAlertmanager !== hadAlertmanager) {
        tell(hasAlertmanager ? 'Prometheus knows an Alertmanager again' : 'Prometheus knows no Alertmanager');
      }
      hadAlertmanager = hasAlertmanager;
    },
  };
}
