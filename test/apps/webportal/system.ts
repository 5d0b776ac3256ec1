import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { api } from '../../../assets/apps/src/api/service.js';
import { auth } from '../../../assets/apps/src/auth/service.js';
import { images } from '../../../assets/apps/src/images/service.js';
import { openService, type ServiceDefinition } from '../../../assets/apps/src/kit/service.js';
import type { SettingsShape } from '../../../assets/apps/src/kit/settings.js';
import { webportal } from '../../../assets/apps/src/webportal/service.js';
import { startPostgres, type Postgres } from '../postgres.js';
import { askUntil, quietly } from '../running.js';

/** The whole system on this machine: every service, a real database, pictures in a temporary folder. */
export interface System {
  /** Where a browser finds the portal. It is `localhost`, which browsers trust with secure cookies without TLS. */
  readonly url: string;
  readonly postgres: Postgres;
  close(): Promise<void>;
}

const within = (port: number): string => `http://127.0.0.1:${String(port)}`;
const outside = (port: number): string => `http://localhost:${String(port)}`;

export async function startSystem(): Promise<System> {
  const closers: (() => Promise<unknown>)[] = [];

  async function start<Shape extends SettingsShape>(
    definition: ServiceDefinition<Shape>,
    environment: Readonly<Record<string, string>>,
  ): Promise<number> {
    const service = await openService(definition, { ...quietly, ...environment });
    closers.unshift(() => service.close({ drainMs: 0, graceMs: 1_000 }));
    const { port } = await service.listen();
    return port;
  }

  const postgres = await startPostgres();
  closers.unshift(() => postgres.remove());
  const uploads = await mkdtemp(join(tmpdir(), 'platform-uploads-'));
  closers.unshift(() => rm(uploads, { recursive: true, force: true }));

  const authUrl = within(await start(auth, { ...postgres.environment, PASSWORD_COST: '1' }));
  const imagesPort = await start(images, { UPLOADS_FOLDER: uploads });
  const apiUrl = within(await start(api, { AUTH_URL: authUrl, IMAGES_URL: within(imagesPort) }));
  const url = outside(await start(webportal, { API_URL: apiUrl, IMAGES_URL: outside(imagesPort) }));
  await askUntil(200, 'GET', `${authUrl}/health/ready`);

  return {
    url,
    postgres,
    async close() {
      for (const close of closers) await close();
    },
  };
}
