import type { FastifyInstance } from 'fastify';
import { noticeOf } from '../notices.js';
import { homePage } from '../pages/home.js';
import type { Portal } from '../portal.js';
import { sessionToken } from '../session-cookie.js';

/** Asks nobody: whatever is away, the front door is there. */
export function homeRoutes(app: FastifyInstance, portal: Portal): void {
  app.get('/', async (request, reply) => {
    const main = homePage(sessionToken(request) !== undefined);
    return portal.show(request, reply, { title: 'Home', path: '/', main, notice: noticeOf(request.query) });
  });
}
