import type { FastifyReply, FastifyRequest } from 'fastify';
import { pageText, type Page, type StaticAddresses } from './page.js';
import { securityHeaders } from './security-headers.js';
import { sessionToken } from './session-cookie.js';

export type PageToShow = Omit<Page, 'loggedIn' | 'failed'> & {
  /** 200 without it; from 400 on the page counts as failed. */
  readonly status?: number;
  /** Where it is not what the cookie says. */
  readonly loggedIn?: boolean;
};

export type Show = (request: FastifyRequest, reply: FastifyReply, page: PageToShow) => FastifyReply;

// For programs; a person has a link.
const retryAfterSeconds = 5;

/** Answers with a page, never to be kept: it shows who is logged in. */
export function shower(options: { readonly addresses: StaticAddresses; readonly imagesUrl: string }): Show {
  const headers = securityHeaders(new URL(options.imagesUrl).origin);
  return (request, reply, { status = 200, ...page }) => {
    const loggedIn = page.loggedIn ?? sessionToken(request) !== undefined;
    if (status === 503) reply.header('retry-after', retryAfterSeconds);
    return reply
      .code(status)
      .headers(headers)
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(pageText({ ...page, loggedIn, failed: status >= 400 }, options.addresses));
  };
}
