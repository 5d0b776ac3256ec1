import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem, expectShape } from '../kit/problem.js';
import { expectPng } from './png.js';
import { sampleName, type Uploads } from './uploads.js';
import type { Work } from './work.js';

export interface ImagesParts {
  readonly uploads: Uploads;
  readonly work: Work;
  readonly maxBytes: number;
  /** Milliseconds of CPU for each GET. */
  readonly workMs: number;
  /** The most that `?work=` may ask for. */
  readonly workMaxMs: number;
  /** Whether who asks may upload. */
  readonly mayUpload: (authorization: string | undefined) => boolean;
}

interface ByName {
  Params: { name: string };
}

export function uploadRoute(app: FastifyInstance, { uploads, maxBytes, mayUpload }: ImagesParts): void {
  app.addContentTypeParser('image/png', { parseAs: 'buffer', bodyLimit: maxBytes }, (_request, body, done) => {
    done(null, body);
  });

  app.put<ByName>(
    '/uploads/:name',
    {
      bodyLimit: maxBytes,
      // Before the body is read.
      onRequest(request, _reply, done) {
        done(mayUpload(request.headers.authorization) ? undefined : new Problem(401, 'Uploads need the token'));
      },
    },
    async (request, reply) => {
      const name = nameOf(request);
      if (name === undefined) {
        throw new Problem(400, 'A name ends with .png and has 1 to 64 characters out of a-z, 0-9 and - before it');
      }
      if (name === sampleName) throw new Problem(409, 'sample.png is kept for load drills');
      if (!Buffer.isBuffer(request.body)) throw new Problem(415, 'An upload is of type image/png');
      expectPng(request.body);
      await uploads.write(name, request.body).catch((cause: unknown) => {
        throw new Problem(isFull(cause) ? 507 : 503, 'The picture could not be stored', { cause });
      });
      return reply.code(201).send({ name, url: `/uploads/${name}.png` });
    },
  );
}

export function downloadRoute(app: FastifyInstance, { uploads, work, workMs, workMaxMs }: ImagesParts): void {
  const wanted = `expected a whole number of milliseconds up to ${String(workMaxMs)}`;
  const querySchema = z.object({
    work: z
      .string(wanted)
      .regex(/^\d{1,9}$/, wanted)
      .transform(Number)
      .refine((value) => value <= workMaxMs, wanted)
      .default(workMs),
  });

  app.get<ByName>('/uploads/:name', async (request, reply) => {
    const query = expectShape(querySchema, request.query);
    const name = nameOf(request);
    const picture = name === undefined ? undefined : await uploads.read(name);
    if (picture === undefined) throw new Problem(404, 'There is no such picture');
    await work(query.work, () => !request.raw.socket.destroyed);
    reply.headers({
      etag: picture.etag,
      // A name is not used twice by the gateway, but may be by hand.
      'cache-control': 'public, max-age=300',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'",
    });
    if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(picture.etag)) return reply.code(304).send();
    return reply.type('image/png').send(picture.bytes);
  });
}

const nameOf = (request: FastifyRequest<ByName>) => /^([a-z0-9-]{1,64})\.png$/.exec(request.params.name)?.[1];

const isFull = (error: unknown) =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
