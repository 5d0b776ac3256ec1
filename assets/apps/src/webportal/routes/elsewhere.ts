import type { FastifyInstance } from 'fastify';
import { messagePage } from '../pages/message.js';
import type { Portal } from '../portal.js';

const toHome = { href: '/', text: 'Go to the home page' };

/**
 * Whatever is no page of ours: 404, or 405 with the methods that are meant. Comes before the other routes, because it
 * learns from them which addresses there are.
 */
export function elsewhereRoutes(app: FastifyInstance, portal: Portal): void {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    for (const name of [method].flat()) known.add(name);
    methods.set(url, known);
  });

  app.route({
    method: app.supportedMethods.filter((method) => method !== 'HEAD'),
    url: '*',
    // Answered before a body is read: of what kind it is makes no difference here.
    onRequest: async (request, reply) => {
      const path = request.url.split('?', 1)[0] ?? '/';
      const allowed = methods.get(path);
      if (allowed === undefined) {
        const main = messagePage({
          heading: 'There is no such page',
          text: 'The address may be mistyped, or the page may be gone.',
          onward: toHome,
        });
        return portal.show(request, reply, { status: 404, title: 'No such page', main });
      }
      const text = `This page does not take ${request.method}.`;
      const main = messagePage({ heading: 'This does not go here', text, onward: toHome });
      reply.header('allow', [...allowed].join(', '));
      return portal.show(request, reply, { status: 405, title: 'Not possible here', main });
    },
    handler: () => undefined,
  });
}
