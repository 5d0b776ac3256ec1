import type { FastifyInstance } from 'fastify';
import { withNotice } from '../notices.js';
import type { Portal } from '../portal.js';
import { forgetSession, sessionToken } from '../session-cookie.js';

/** Whatever stands behind us is away: this browser is logged out. */
export function logoutRoutes(app: FastifyInstance, portal: Portal): void {
  app.post('/logout', async (request, reply) => {
    const token = sessionToken(request);
    forgetSession(reply);
    if (token === undefined) return reply.redirect(withNotice('/', 'logged-out'), 303);
    const closed = await portal.api.closeSession(request.call, token);
    if (closed.outcome === 'away') request.log.warn({ err: closed.cause }, closed.text);
    return reply.redirect(withNotice('/', closed.outcome === 'away' ? 'logged-out-here' : 'logged-out'), 303);
  });
}
