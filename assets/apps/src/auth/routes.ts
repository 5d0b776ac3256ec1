import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem, expectShape } from '../kit/problem.js';
import type { Database } from './database.js';
import type { LogIn } from './log-in.js';
import type { Passwords } from './passwords.js';
import { endSession, openSession, sessionUser, setPicture } from './sessions.js';
import { addUser } from './users.js';

const newUserSchema = z.object({
  name: z.string('expected a text').regex(/^[a-z0-9-]{3,32}$/, 'expected 3 to 32 characters out of a-z, 0-9 and -'),
  password: z.string('expected a text').min(8, 'expected 8 to 128 characters').max(128, 'expected 8 to 128 characters'),
});
const credentialsSchema = z.object({
  name: z.string('expected a text').max(128, 'expected 128 characters at most'),
  password: z.string('expected a text').max(1_024, 'expected 1024 characters at most'),
});
const pictureSchema = z.object({
  picture: z
    .string('expected a text')
    .regex(/^\/uploads\/[a-z0-9-]{1,64}\.png$/, 'expected a path such as /uploads/x.png'),
});

export interface AuthParts {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly logIn: LogIn;
  readonly sessionHours: number;
}

export function userRoutes(app: FastifyInstance, { database, passwords }: AuthParts): void {
  app.post('/users', async (request, reply) => {
    const { name, password } = expectShape(newUserSchema, request.body);
    const query = database.forOneRequest();
    const { createdAt } = await addUser(query, name, await passwords.hash(password));
    return reply.code(201).send({ name, createdAt });
  });

  app.put('/users/me/picture', async (request, reply) => {
    const token = bearer(request);
    const { picture } = expectShape(pictureSchema, request.body);
    if (!(await setPicture(database.forOneRequest(), token, picture))) throw noSession();
    return reply.code(204).send();
  });
}

export function sessionRoutes(app: FastifyInstance, { database, logIn, sessionHours }: AuthParts): void {
  app.post('/sessions', async (request, reply) => {
    const { name, password } = expectShape(credentialsSchema, request.body);
    const query = database.forOneRequest();
    const { token, expiresAt } = await openSession(query, await logIn(query, name, password), sessionHours);
    return reply.code(201).send({ token, name, expiresAt });
  });

  app.get('/sessions/current', async (request) => {
    const user = await sessionUser(database.forOneRequest(), bearer(request));
    if (user === undefined) throw noSession();
    return user;
  });

  app.delete('/sessions/current', async (request, reply) => {
    await endSession(database.forOneRequest(), bearer(request));
    return reply.code(204).send();
  });
}

function bearer(request: FastifyRequest): string {
  const token = /^Bearer ([\w-]{1,128})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw noSession();
  return token;
}

const noSession = () =>
  new Problem(401, 'There is no such session, or it has ended', { headers: { 'www-authenticate': 'Bearer' } });
