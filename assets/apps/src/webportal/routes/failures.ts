import type { FastifyError, FastifyInstance } from 'fastify';
import { messagePage } from '../pages/message.js';
import type { Portal } from '../portal.js';
import { comesFromAnotherSite } from '../same-origin.js';

const toHome = { href: '/', text: 'Go to the home page' };

/** Requests that other sites forged, and whatever goes wrong on the way to a page. Neither shows how we are made. */
export function failureRoutes(app: FastifyInstance, portal: Portal): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!comesFromAnotherSite(request)) return;
    request.log.warn({ origin: request.headers.origin }, 'refused: sent by another site');
    const text = 'It was sent by another site. If that was you, open this site and try again from there.';
    const main = messagePage({ heading: 'This request is refused', text, onward: toHome });
    return portal.show(request, reply, { status: 403, title: 'Refused', main });
  });

  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) {
      const text = 'What was sent is not what the form of this page sends.';
      const main = messagePage({ heading: 'This request is not understood', text, onward: toHome });
      return portal.show(request, reply, { status, title: 'Not understood', main });
    }
    request.log.error({ err: error }, 'not foreseen');
    const text = `Something went wrong here. Whoever runs this site finds it in the log under ${request.id}.`;
    const main = messagePage({ heading: 'This did not work', text, onward: toHome });
    return portal.show(request, reply, { status: 500, title: 'Something went wrong', main });
  });
}
