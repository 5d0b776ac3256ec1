import { createHash, randomBytes } from 'node:crypto';

/** Names a session; whoever has it is its user. Says nothing by itself. */
export const newToken = () => randomBytes(32).toString('base64url');

/** What is stored of a token: a leaked table opens no session. */
export const tokenDigest = (token: string) => createHash('sha256').update(token).digest();
