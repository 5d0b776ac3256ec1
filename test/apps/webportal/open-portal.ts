import type { Service } from '../../../assets/apps/src/kit/service.js';
import { webportal } from '../../../assets/apps/src/webportal/service.js';
import { blackHole, freePort } from '../ports.js';
import { opened } from '../running.js';

/** The portal as it is in a pod, but for its ports; closed when the test is over. */
export const openPortal = (apiUrl: string, environment: Readonly<Record<string, string>> = {}): Promise<Service> =>
  opened(webportal, { API_URL: apiUrl, IMAGES_URL: 'https://images.shop.localhost', ...environment });

const here = (port: number): string => `http://127.0.0.1:${String(port)}`;

/** An address at which nobody listens. */
export const vacantUrl = async (): Promise<string> => here(await freePort());

/** An address that takes connections and never answers, as a machine does that is overloaded or cut off half-way. */
export const silentUrl = async (): Promise<string> => here(await blackHole());

export const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' };

export const form = (fields: Readonly<Record<string, string>>): string => new URLSearchParams(fields).toString();

export const sessionCookie = '__Host-session=a-token';

/** The visible words of a page, one space between them. */
export const wordsOf = (page: string): string =>
  page
    .replace(/<head>[\s\S]*<\/head>/, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
