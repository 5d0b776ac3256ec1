import { z } from 'zod';
import type { Call } from '../kit/call.js';
import { Problem } from '../kit/problem.js';
import type { Answer, Ask, Upstream } from '../kit/upstream.js';
import { timeBudget } from './time-budget.js';

/** Its exact words are a promise to users and drills. */
const authAway = (cause: unknown) => new Problem(503, 'Failed to communicate with Auth service', { cause });

const profileSchema = z.object({ name: z.string(), createdAt: z.string(), picture: z.string().nullable() });
const refusalSchema = z.object({ error: z.string() });

export type Profile = z.infer<typeof profileSchema>;

/** Auth as one request sees it: all its questions together may take `limitMs`. */
export interface AuthClient {
  /** A question whose answer is passed on as it is, a refusal (4xx) as a Problem. */
  pass(ask: Ask): Promise<Answer>;
  /** @throws Problem 401 without a session */
  profile(authorization: string | undefined): Promise<Profile>;
  setPicture(authorization: string | undefined, picture: string): Promise<void>;
}

/** Everything but an answer in time that makes sense is Problem 503. */
export function authClient(auth: Upstream, call: Call, limitMs: number): AuthClient {
  const budget = timeBudget(limitMs);

  async function pass(ask: Ask): Promise<Answer> {
    const answer = await budget
      .during(auth.send(call, { ...ask, timeoutMs: budget.leftMs() }))
      .catch((error: unknown) => {
        throw authAway(error);
      });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw refusal(answer) ?? authAway(new Error(`auth answered ${String(answer.status)}`));
  }

  return {
    pass,
    async profile(authorization) {
      const answer = await pass({ method: 'GET', path: '/sessions/current', headers: bearing(authorization) });
      return understood(profileSchema, answer);
    },
    async setPicture(authorization, picture) {
      await pass({ method: 'PUT', path: '/users/me/picture', headers: bearing(authorization), json: { picture } });
    },
  };
}

/** @throws Problem 503 when auth's answer has another shape */
export function understood<T>(schema: z.ZodType<T>, answer: Answer): T {
  try {
    return schema.parse(answer.json());
  } catch (error) {
    throw authAway(error);
  }
}

/** The header as it came: auth decides what it is worth. */
export const bearing = (authorization: string | undefined): Record<string, string> =>
  authorization === undefined ? {} : { authorization };

function refusal(answer: Answer): Problem | undefined {
  if (answer.status < 400 || answer.status > 499) return undefined;
  const words = refusalSchema.safeParse(understood(z.unknown(), answer));
  if (!words.success) return undefined;
  const kept = ['retry-after', 'www-authenticate'].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return new Problem(answer.status, words.data.error, { headers: Object.fromEntries(kept) });
}
