import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.js';

/**
 * `/health/live`: the process answers. `/health/ready`: it wants requests, which it does not while it is going away or
 * while `ready` rejects.
 */
export function healthRoutes(
  app: FastifyInstance,
  service: { readonly isStopping: () => boolean; readonly ready: () => Promise<void> },
): void {
  app.get('/health/live', () => ({ status: 'alive' }));
  app.get('/health/ready', async () => {
    if (service.isStopping()) throw new Problem(503, 'This instance is shutting down');
    await service.ready();
    return { status: 'ready' };
  });
}
