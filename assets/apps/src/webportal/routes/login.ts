import type { FastifyInstance } from 'fastify';
import { loginProblems } from '../credentials.js';
import { loginPage } from '../pages/credentials.js';
import type { Portal } from '../portal.js';
import { credentialsRoutes } from './credentials.js';

export function loginRoutes(app: FastifyInstance, portal: Portal): void {
  credentialsRoutes(app, portal, {
    path: '/login',
    title: 'Log in',
    page: loginPage,
    problems: loginProblems,
    async enter(call, credentials) {
      const session = await portal.api.openSession(call, credentials);
      return session.outcome === 'done'
        ? { outcome: 'done', value: { to: '/profile', session: session.value } }
        : session;
    },
  });
}
