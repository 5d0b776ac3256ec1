import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { withNotice } from '../notices.js';
import { sizeText } from '../pages/profile.js';
import { looksLikePng } from '../png.js';
import type { Portal } from '../portal.js';
import { forgetSession, sessionToken } from '../session-cookie.js';
import { showProfile } from './profile.js';

/** @throws FastifyError with status 413 when the file is larger than `maximum` bytes */
async function fileOf(request: FastifyRequest, maximum: number): Promise<Buffer | undefined> {
  const part = await request.file({ limits: { fileSize: maximum, files: 1, fields: 4, parts: 5 } });
  return part?.fieldname === 'picture' ? part.toBuffer() : undefined;
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'statusCode' in error && error.statusCode === 413;

export function pictureRoutes(app: FastifyInstance, portal: Portal): void {
  const wrong = (request: FastifyRequest, reply: FastifyReply, status: number, text: string) =>
    showProfile(portal, request, reply, { status, problem: { field: 'picture', text } });

  app.post('/picture', async (request, reply) => {
    const token = sessionToken(request);
    if (token === undefined) return reply.redirect('/login', 303);

    let png: Buffer | undefined;
    try {
      png = await fileOf(request, portal.maximum);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      return wrong(request, reply, 413, `This file is larger than ${sizeText(portal.maximum)}`);
    }
    if (png === undefined || png.length === 0) return wrong(request, reply, 400, 'Choose a PNG file');
    if (!looksLikePng(png)) return wrong(request, reply, 400, 'This file is not a PNG picture');

    const saved = await portal.api.savePicture(request.call, token, png);
    switch (saved.outcome) {
      case 'done':
        return reply.redirect(withNotice('/profile', 'picture-saved'), 303);
      case 'away':
        request.log.warn({ err: saved.cause }, saved.text);
        return wrong(request, reply, 503, saved.text);
      case 'refused':
        if (saved.status === 401) return forgetSession(reply).redirect(withNotice('/login', 'session-ended'), 303);
        return wrong(request, reply, saved.status, saved.text);
    }
  });
}
