import type { FastifyInstance } from 'fastify';
import { registerProblems } from '../credentials.js';
import { withNotice } from '../notices.js';
import { registerPage } from '../pages/credentials.js';
import type { Portal } from '../portal.js';
import { credentialsRoutes } from './credentials.js';

export function registerRoutes(app: FastifyInstance, portal: Portal): void {
  credentialsRoutes(app, portal, {
    path: '/register',
    title: 'Register',
    page: registerPage,
    problems: registerProblems,
    async enter(call, credentials) {
      const user = await portal.api.register(call, credentials);
      if (user.outcome !== 'done') return user;
      const session = await portal.api.openSession(call, credentials);
      // The account is there in any case: to say that registering failed would make people try again with another name.
      const value =
        session.outcome === 'done'
          ? { to: withNotice('/profile', 'registered'), session: session.value }
          : { to: withNotice('/login', 'registered') };
      return { outcome: 'done', value };
    },
  });
}
