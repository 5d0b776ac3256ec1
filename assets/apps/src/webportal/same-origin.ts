import type { FastifyRequest } from 'fastify';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a page of another site may have made the browser send this request.
 *
 * A cookie with SameSite=Lax still travels with a post from a neighbour such as `images.shop.localhost`, which shows
 * files that users uploaded; and to log somebody in as somebody else needs no cookie at all. The browser's own word on
 * where a request comes from covers both, and there is no token to keep: browsers of today send `Sec-Fetch-Site`, older
 * ones (and all, over plain HTTP) send `Origin` with each post. A request with neither comes from a program, which
 * carries nobody's cookie by accident.
 */
export function comesFromAnotherSite(request: FastifyRequest): boolean {
  if (safeMethods.has(request.method)) return false;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = request.headers;
  return origin !== undefined && origin !== ownOrigin(request);
}

/**
 * The address people know us by. TLS ends at the ingress controller, which sets `X-Forwarded-Proto` and
 * `X-Forwarded-Host` itself whatever a client sent, and the network policy lets nobody else in. Even without it the two
 * could be believed here: a page of another site cannot make a browser add them without our leave.
 */
function ownOrigin(request: FastifyRequest): string {
  const protocol = first(request.headers['x-forwarded-proto']) ?? request.protocol;
  const host = first(request.headers['x-forwarded-host']) ?? request.host;
  return `${protocol}://${host}`;
}

const first = (header: string | readonly string[] | undefined): string | undefined =>
  (typeof header === 'string' ? header : header?.[0])?.split(',', 1)[0]?.trim();
