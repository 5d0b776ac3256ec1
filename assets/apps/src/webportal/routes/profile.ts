import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { noticeOf, withNotice } from '../notices.js';
import { awayPage } from '../pages/message.js';
import { profilePage } from '../pages/profile.js';
import type { Portal } from '../portal.js';
import type { Problem } from '../problems.js';
import { forgetSession, sessionToken } from '../session-cookie.js';

type Wrong = { readonly status: number; readonly problem: Problem };

/** The profile of whoever asks, or the way to log in. Something wrong with a picture is said on it. */
export async function showProfile(
  portal: Portal,
  request: FastifyRequest,
  reply: FastifyReply,
  wrong?: Wrong,
): Promise<FastifyReply> {
  const token = sessionToken(request);
  if (token === undefined) return reply.redirect('/login', 303);
  const profile = await portal.api.profile(request.call, token);
  if (profile.outcome === 'refused') {
    return forgetSession(reply).redirect(withNotice('/login', 'session-ended'), 303);
  }
  if (profile.outcome === 'away') {
    request.log.warn({ err: profile.cause }, profile.text);
    const main = awayPage({ heading: 'Profile', text: profile.text, tryAgain: '/profile' });
    return portal.show(request, reply, { status: 503, title: 'Profile', path: '/profile', main });
  }
  const { name, createdAt, picture } = profile.value;
  return portal.show(request, reply, {
    status: wrong?.status ?? 200,
    title: 'Profile',
    path: '/profile',
    notice: noticeOf(request.query),
    main: profilePage({
      name,
      createdAt,
      picture: picture === undefined ? undefined : `${portal.imagesUrl}${picture}`,
      maximum: portal.maximum,
      problems: wrong === undefined ? [] : [wrong.problem],
    }),
  });
}

export function profileRoutes(app: FastifyInstance, portal: Portal): void {
  app.get('/profile', (request, reply) => showProfile(portal, request, reply));
}
