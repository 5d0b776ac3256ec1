import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Answer, Credentials, Session } from '../api.js';
import type { Call } from '../../kit/call.js';
import { credentialsOf, credentialsRefused } from '../credentials.js';
import type { Html } from '../../kit/html.js';
import { noticeOf } from '../notices.js';
import type { CredentialsPage } from '../pages/credentials.js';
import type { Portal } from '../portal.js';
import type { Problem } from '../problems.js';
import { keepSession } from '../session-cookie.js';

/** Where somebody goes after the form, and with which session. */
export type Entrance = { readonly to: string; readonly session?: Session };

export type CredentialsForm = {
  readonly path: string;
  readonly title: string;
  page(page: CredentialsPage): Html;
  /** What is wrong before anybody is asked. */
  problems(credentials: Credentials): readonly Problem[];
  enter(call: Call, credentials: Credentials): Promise<Answer<Entrance>>;
};

type Away = Extract<Answer<unknown>, { outcome: 'away' }>;

/** A page with a form for name and password, which says so when nobody is there to read it. */
export function credentialsRoutes(app: FastifyInstance, portal: Portal, form: CredentialsForm): void {
  const { path, title } = form;

  const show = (request: FastifyRequest, reply: FastifyReply, status: number, page: CredentialsPage) =>
    portal.show(request, reply, { status, title, path, main: form.page(page), notice: noticeOf(request.query) });

  const showAway = (request: FastifyRequest, reply: FastifyReply, away: Away, page: CredentialsPage) => {
    request.log.warn({ err: away.cause }, away.text);
    return show(request, reply, 503, { ...page, problems: [{ text: away.text }], tryAgain: path });
  };

  const showForm = async (request: FastifyRequest, reply: FastifyReply, status: number, page: CredentialsPage) => {
    const services = await portal.api.status(request.call);
    return services.outcome === 'away' ? showAway(request, reply, services, page) : show(request, reply, status, page);
  };

  app.get(path, (request, reply) => showForm(request, reply, 200, {}));

  app.post(path, async (request, reply) => {
    const credentials = credentialsOf(request.body);
    const { name } = credentials;
    const problems = form.problems(credentials);
    if (problems.length > 0) return showForm(request, reply, 400, { name, problems });

    const entrance = await form.enter(request.call, credentials);
    if (entrance.outcome === 'away') return showAway(request, reply, entrance, { name });
    if (entrance.outcome === 'refused') {
      return show(request, reply, entrance.status, { name, problems: [credentialsRefused(entrance)] });
    }
    const { to, session } = entrance.value;
    if (session !== undefined) keepSession(reply, session);
    return reply.redirect(to, 303);
  });
}
