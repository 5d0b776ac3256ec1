import { z } from 'zod';
import type { Call } from '../kit/call.js';
import { UpstreamError, type Answer as Reply, type Ask, type Upstream } from '../kit/upstream.js';

/** What a question to the api came to. */
export type Answer<Value> =
  | { readonly outcome: 'done'; readonly value: Value }
  /** The api says no: what was asked is wrong, or not allowed. */
  | Refusal
  /** Something behind us does not answer; the text names it. */
  | { readonly outcome: 'away'; readonly text: string; readonly cause?: unknown };

export type Refusal = {
  readonly outcome: 'refused';
  readonly status: number;
  readonly text: string;
  readonly retryAfterSeconds: number | undefined;
};

export type Credentials = { readonly name: string; readonly password: string };

export type Session = { readonly token: string; readonly expiresAt: Date };

export type Profile = { readonly name: string; readonly createdAt: Date; readonly picture: string | undefined };

/** What the portal asks of the api. A `token` is that of the session of whoever asked us. */
export type Api = {
  /** Done if nobody must be sent away. */
  status(call: Call): Promise<Answer<undefined>>;
  register(call: Call, credentials: Credentials): Promise<Answer<undefined>>;
  openSession(call: Call, credentials: Credentials): Promise<Answer<Session>>;
  closeSession(call: Call, token: string): Promise<Answer<undefined>>;
  profile(call: Call, token: string): Promise<Answer<Profile>>;
  savePicture(call: Call, token: string, png: Buffer): Promise<Answer<undefined>>;
};

/**
 * Milliseconds. A page that says what is away must be there within two seconds; the api itself gives up on what stands
 * behind it after one and a half, and its answer should still reach us.
 */
export const answerLimitMs = 1_700;

// A picture of some megabytes goes on to a volume.
const pictureLimitMs = 15_000;

const apiAway = 'Failed to communicate with API service';
const authAway = 'Failed to communicate with Auth service';

const statusShape = z.object({ auth: z.enum(['up', 'down']) });
const sessionShape = z.object({ token: z.string().min(1), expiresAt: z.coerce.date() });
const problemShape = z.object({ error: z.string().min(1) });
const profileShape = z.object({
  name: z.string().min(1),
  createdAt: z.coerce.date(),
  // It becomes part of an address on our page: nothing but the form the images service gives.
  picture: z
    .string()
    .regex(/^\/uploads\/[\w-]+\.png$/)
    .nullable(),
});

const authorized = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

export function openApi(upstream: Upstream): Api {
  const ask = <Value>(call: Call, question: Ask, read: (reply: Reply) => Answer<Value>): Promise<Answer<Value>> =>
    answerOf(() => upstream.send(call, question), read);

  return {
    status: (call) =>
      ask(call, { method: 'GET', path: '/api/status' }, (reply) => {
        const { auth } = statusShape.parse(reply.json());
        return auth === 'up' ? nothing() : { outcome: 'away', text: authAway };
      }),
    register: (call, credentials) => ask(call, { method: 'POST', path: '/api/users', json: credentials }, nothing),
    openSession: (call, credentials) =>
      ask(call, { method: 'POST', path: '/api/sessions', json: credentials }, (reply) =>
        done(sessionShape.parse(reply.json())),
      ),
    closeSession: (call, token) =>
      ask(call, { method: 'DELETE', path: '/api/sessions', headers: authorized(token) }, nothing),
    profile: (call, token) =>
      ask(call, { method: 'GET', path: '/api/profile', headers: authorized(token) }, (reply) => {
        const { picture, ...profile } = profileShape.parse(reply.json());
        return done({ ...profile, picture: picture ?? undefined });
      }),
    savePicture: (call, token, png) => {
      const headers = { ...authorized(token), 'content-type': 'image/png' };
      const question = { method: 'PUT', path: '/api/picture', headers, body: png, timeoutMs: pictureLimitMs } as const;
      return ask(call, question, nothing);
    },
  };
}

const done = <Value>(value: Value): Answer<Value> => ({ outcome: 'done', value });

const nothing = (): Answer<undefined> => done(undefined);

async function answerOf<Value>(
  send: () => Promise<Reply>,
  read: (reply: Reply) => Answer<Value>,
): Promise<Answer<Value>> {
  try {
    const reply = await send();
    return reply.status >= 200 && reply.status < 300 ? read(reply) : failureOf(reply);
  } catch (error) {
    if (!(error instanceof UpstreamError || error instanceof z.ZodError)) throw error;
    return { outcome: 'away', text: apiAway, cause: error };
  }
}

function failureOf(reply: Reply): Answer<never> {
  const { status } = reply;
  const { error } = problemShape.parse(reply.json());
  // With 503 the api tells what it waits for; any other failure is its own.
  if (status === 503) return { outcome: 'away', text: error };
  if (status < 400 || status >= 500) return { outcome: 'away', text: apiAway, cause: new Error(error) };
  return { outcome: 'refused', status, text: error, retryAfterSeconds: retryAfter(reply) };
}

function retryAfter(reply: Reply): number | undefined {
  const seconds = Number(reply.headers.get('retry-after') ?? undefined);
  return Number.isInteger(seconds) && seconds > 0 ? seconds : undefined;
}
