import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { api } from '../../assets/apps/src/api/service.js';
import { auth } from '../../assets/apps/src/auth/service.js';
import { ifPostgres, postgresPrograms, startPostgres, type Postgres } from './postgres.js';
import { ask, askUntil, running } from './running.js';

/** What drills look for and users read. */
const sentence = 'Failed to communicate with Auth service';
const ada = { name: 'ada-l', password: 'analytical engine' };

describe.skipIf(postgresPrograms === undefined)(
  `a log-in through the gateway while Postgres is away${ifPostgres}`,
  () => {
    let postgres: Postgres;
    beforeEach(async () => {
      postgres = await startPostgres();
    });
    afterEach(() => postgres.remove());

    async function given() {
      const authService = await running(auth, { ...postgres.environment, PASSWORD_COST: '1' });
      const { url } = await running(api, { AUTH_URL: authService.url, IMAGES_URL: authService.url });
      await askUntil(200, 'GET', `${authService.url}/health/ready`);
      expect((await ask('POST', `${url}/api/users`, { json: ada })).status).toBe(201);
      expect((await ask('POST', `${url}/api/sessions`, { json: ada })).status).toBe(201);
      return url;
    }

    it.each([
      ['stands still', 'freeze', 'thaw'],
      ['is gone', 'stop', 'start'],
    ] as const)(
      'fails with the promised words in two seconds when it %s, and works again after it',
      async (_, fault, restore) => {
        const url = await given();

        await postgres[fault]();
        for (let attempt = 0; attempt < 3; attempt++) {
          const reply = await ask('POST', `${url}/api/sessions`, { json: ada, withinMs: 2_000 });
          expect(reply).toMatchObject({ status: 503, body: { error: sentence } });
        }
        expect((await ask('GET', `${url}/api/status`, { withinMs: 2_000 })).body).toMatchObject({ auth: 'down' });

        await postgres[restore]();
        await askUntil(201, 'POST', `${url}/api/sessions`, { json: ada, withinMs: 2_000 });
      },
    );
  },
);
