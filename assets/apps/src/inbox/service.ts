import { defineService } from '../kit/service.js';
import { text } from '../kit/settings.js';
import { openDeliveries } from './deliveries.js';
import { readingRoutes, receivingRoutes, runbookRoutes } from './routes.js';
import { openRunbooks } from './runbooks.js';

/** Takes what Alertmanager sends, keeps it, and shows what was delivered. */
export const inbox = defineService({
  name: 'inbox',
  settings: {
    DELIVERIES_FILE: text().default('/data/deliveries.jsonl'),
    RUNBOOKS_FOLDER: text().optional(),
  },
  async open(settings) {
    const deliveries = await openDeliveries(settings.DELIVERIES_FILE);
    const runbooks = openRunbooks(settings.RUNBOOKS_FOLDER);
    return {
      routes(app) {
        receivingRoutes(app, deliveries);
        readingRoutes(app, deliveries);
        runbookRoutes(app, runbooks);
      },
      close: () => deliveries.close(),
    };
  },
});
