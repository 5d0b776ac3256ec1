import { expect, it } from 'vitest';
import { readAlertmanager } from '../../../../src/chaos/preflight/facts/alertmanager.js';
import { monitoringAt } from '../../../../src/monitoring/monitoring.js';
import { program } from '../../../monitoring/programs.js';
import { configuration } from '../given.js';

it.each([
  ['{integration="webhook",receiver_name="inbox"} 0', true],
  ['{integration="webhook"} 3', false],
  ['', false],
])('knows whether the counters name receivers: %s', async (counter, namesReceivers) => {
  const status = {
    uptime: '2026-11-21T12:00:00Z',
    versionInfo: { version: '0.34.1' },
    config: { original: configuration },
  };
  const { url } = await program({
    'GET /api/v2/alerts': [],
    'GET /api/v2/alerts/groups': [],
    'GET /api/v2/silences': [],
    'GET /api/v2/status': status,
    'GET /metrics': counter === '' ? '# nothing\n' : `alertmanager_notification_requests_total${counter}\n`,
  });
  const { alertmanager } = monitoringAt({ prometheus: url, alertmanager: url, inbox: url });
  expect(await readAlertmanager(alertmanager, AbortSignal.timeout(5_000))).toMatchObject({ namesReceivers });
});
