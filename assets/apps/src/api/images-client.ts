import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Call } from '../kit/call.js';
import { Problem } from '../kit/problem.js';
import { bearing } from './auth-client.js';
import type { Answer, Upstream } from '../kit/upstream.js';

const refusalSchema = z.object({ error: z.string() });

/**
 * Stores a picture under a name nobody can guess.
 * @param token what images wants to see, if it wants anything
 * @returns its path, such as `/uploads/x.png`
 * @throws Problem with images' own refusal, or 503
 */
export async function storePicture(
  images: Upstream,
  call: Call,
  bytes: Buffer,
  token: string | undefined,
): Promise<string> {
  const path = `/uploads/${randomUUID()}.png`;
  const headers = { 'content-type': 'image/png', ...bearing(token === undefined ? undefined : `Bearer ${token}`) };
  const away = (cause: unknown) => new Problem(503, 'Failed to communicate with Images service', { cause });
  const answer = await images.send(call, { method: 'PUT', path, headers, body: bytes }).catch((error: unknown) => {
    throw away(error);
  });
  if (answer.status === 201) return path;
  throw refusal(answer) ?? away(new Error(`images answered ${String(answer.status)}`));
}

/** What is wrong with the picture, or with the space for it, concerns who sent it; all else does not. */
function refusal(answer: Answer): Problem | undefined {
  if (![400, 413, 415, 507].includes(answer.status)) return undefined;
  try {
    return new Problem(answer.status, refusalSchema.parse(answer.json()).error);
  } catch {
    return undefined;
  }
}
