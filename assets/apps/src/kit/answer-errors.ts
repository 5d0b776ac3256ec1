import type { FastifyError, FastifyInstance } from 'fastify';
import { Problem } from './problem.js';

/**
 * Every failure is answered as `{ "error": "<sentence>" }`. What was not foreseen is logged with its stack and answered
 * with the id to look for, nothing else.
 */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError | Problem>((error, request, reply) => {
    if (error instanceof Problem) {
      if (error.status >= 500) request.log.warn({ err: error.cause ?? error }, error.message);
      return reply
        .code(error.status)
        .headers(error.details.headers ?? {})
        .send({ error: error.message });
    }
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) return reply.code(status).send({ error: error.message });
    request.log.error({ err: error }, 'not foreseen');
    return reply.code(500).send({ error: `Something went wrong here, see the log of request ${request.id}` });
  });
}
