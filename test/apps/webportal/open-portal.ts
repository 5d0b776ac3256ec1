import { onTestFinished } from 'vitest';
import { openService } from '../../../assets/apps/src/kit/service.js';
import { webportal } from '../../../assets/apps/src/webportal/service.js';

/** The portal as it is in a pod, but for its ports; closed when the test is over. */
export async function openPortal(apiUrl: string, environment: Readonly<Record<string, string>> = {}) {
  const service = await openService(webportal, {
    API_URL: apiUrl,
    IMAGES_URL: 'https://images.shop.localhost',
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'silent',
    DRAIN_MS: '0',
    ...environment,
  });
  onTestFinished(async () => {
    await service.close();
  });
  return service;
}

export const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' };

export const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

export const sessionCookie = '__Host-session=a-token';

/** The visible words of a page, one space between them. */
export const wordsOf = (page: string): string =>
  page
    .replace(/<head>[\s\S]*<\/head>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
