import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem } from '../kit/problem.js';
import type { Upstream } from '../kit/upstream.js';
import { authClient, bearing, understood } from './auth-client.js';
import type { Dependencies } from './dependencies.js';
import { storePicture } from './images-client.js';

// Users wait two seconds at most for a word about auth.
const authLimitMs = 1_500;

export interface ApiParts {
  readonly auth: Upstream;
  readonly images: Upstream;
  readonly imagesToken: string | undefined;
  readonly dependencies: Dependencies<'auth' | 'images'>;
  readonly maxBytes: number;
}

const userSchema = z.object({ name: z.string(), createdAt: z.string() });
const sessionSchema = z.object({ token: z.string(), name: z.string(), expiresAt: z.string() });

export function accountRoutes(app: FastifyInstance, { auth }: ApiParts): void {
  const authFor = (request: FastifyRequest) => authClient(auth, request.call, authLimitMs);

  app.post('/api/users', async (request, reply) => {
    const answer = await authFor(request).pass({ method: 'POST', path: '/users', json: request.body ?? null });
    return reply.code(201).send(understood(userSchema, answer));
  });

  app.post('/api/sessions', async (request, reply) => {
    const answer = await authFor(request).pass({ method: 'POST', path: '/sessions', json: request.body ?? null });
    return reply.code(201).send(understood(sessionSchema, answer));
  });

  app.delete('/api/sessions', async (request, reply) => {
    const headers = bearing(request.headers.authorization);
    await authFor(request).pass({ method: 'DELETE', path: '/sessions/current', headers });
    return reply.code(204).send();
  });

  app.get('/api/profile', (request) => authFor(request).profile(request.headers.authorization));
}

export function pictureRoute(app: FastifyInstance, { auth, images, imagesToken, maxBytes }: ApiParts): void {
  app.addContentTypeParser('image/png', { parseAs: 'buffer', bodyLimit: maxBytes }, (_request, body, done) => {
    done(null, body);
  });

  app.put('/api/picture', { bodyLimit: maxBytes }, async (request, reply) => {
    if (!Buffer.isBuffer(request.body)) throw new Problem(415, 'A picture is of type image/png');
    const { authorization } = request.headers;
    const user = authClient(auth, request.call, authLimitMs);
    // Nothing is stored for strangers.
    await user.profile(authorization);
    const picture = await storePicture(images, request.call, request.body, imagesToken);
    await user.setPicture(authorization, picture);
    return reply.code(201).send({ picture });
  });
}

export function statusRoute(app: FastifyInstance, { dependencies }: ApiParts): void {
  app.get('/api/status', () => dependencies.status());
}
