import type { FastifyReply, FastifyRequest } from 'fastify';

// The prefix makes browsers refuse a cookie of this name from a neighbour such as images.shop.localhost.
const name = '__Host-session';

const attributes = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } as const;

// What the services give out; anything else never becomes part of a header.
const tokenPattern = /^[\w.~+/=-]{1,512}$/;

export function sessionToken(request: FastifyRequest): string | undefined {
  const token = request.cookies[name];
  return token !== undefined && tokenPattern.test(token) ? token : undefined;
}

export const keepSession = (reply: FastifyReply, session: { token: string; expiresAt: Date }): FastifyReply =>
  reply.setCookie(name, session.token, { ...attributes, expires: session.expiresAt });

export const forgetSession = (reply: FastifyReply): FastifyReply => reply.clearCookie(name, attributes);
