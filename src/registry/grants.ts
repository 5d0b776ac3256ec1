import { z } from 'zod';
import type { Answer, Network } from '../network.js';
import { isPrivate, registryUrl } from './address.js';
import type { CredentialsOf } from './docker-credentials.js';

/**
 * The `authorization` that a registry asks for with its 401; `undefined` where there is none to be had.
 * @param refused What it did not take any more: rights of a registry end after minutes
 */
export type Grants = (
  refusal: Pick<Answer, 'headers'>,
  registry: string,
  signal: AbortSignal,
  refused?: string,
) => Promise<string | undefined>;

/** Rights as whoever Docker is logged in as, else as anybody; each is asked for once, and again when it has ended. */
export function createGrants(network: Pick<Network, 'ask'>, credentials: CredentialsOf): Grants {
  const granted = new Map<string, Promise<string | undefined>>();

  return async (refusal, registry, signal, refused) => {
    const { scheme, realm, service, scope } = challengeOf(refusal);
    const login = credentials(registry);
    const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
    if (scheme === 'basic') return isPrivate(registryUrl(registry)) ? basic : undefined;
    if (scheme !== 'bearer' || realm === undefined || !URL.canParse(realm)) return undefined;
    const key = [registry, realm, service, scope].join(' ');
    const before = granted.get(key);
    const isOver = refused !== undefined && (await before) === refused;
    if (isOver && granted.get(key) === before) granted.delete(key);
    const grant = granted.get(key) ?? bearer(realm, { service, scope }, basic, signal);
    granted.set(key, grant);
    grant.catch(() => granted.delete(key));
    return grant;
  };

  async function bearer(
    realm: string,
    asked: { readonly service: string | undefined; readonly scope: string | undefined },
    basic: string | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const url = new URL(realm);
    for (const [name, value] of Object.entries(asked)) if (value !== undefined) url.searchParams.set(name, value);
    const headers: Record<string, string> = basic !== undefined && isPrivate(realm) ? { authorization: basic } : {};
    const { status, body } = await network.ask(url.href, { headers, signal });
    const token = status === 200 ? tokenIn(body) : undefined;
    return token && `Bearer ${token}`;
  }
}

interface Challenge {
  readonly scheme: string | undefined;
  readonly realm: string | undefined;
  readonly service: string | undefined;
  readonly scope: string | undefined;
}

// Bearer where a registry offers both: a password is not asked for what everybody may read.
function challengeOf({ headers }: Pick<Answer, 'headers'>): Challenge {
  const offers = [headers['www-authenticate'] ?? []].flat();
  const offer = offers.find((text) => /^bearer\b/i.test(text)) ?? offers[0] ?? '';
  const values = new Map([...offer.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value]) => [name, value]));
  const scheme = /^\w+/.exec(offer)?.[0].toLowerCase();
  return { scheme, realm: values.get('realm'), service: values.get('service'), scope: values.get('scope') };
}

const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() });

function tokenIn(body: Buffer): string | undefined {
  try {
    const { token, access_token: other } = tokenSchema.parse(JSON.parse(body.toString('utf8')));
    return token ?? other;
  } catch {
    return undefined;
  }
}
