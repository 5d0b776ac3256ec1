/** What an API server's refusal of a dry run tells about webhooks. */
export type WebhookAnswer =
  /** The named webhook said no: it answers. */
  | { readonly kind: 'denied'; readonly webhook: string }
  /** The named webhook could not be asked. */
  | { readonly kind: 'failed'; readonly webhook: string; readonly url: string | undefined; readonly reason: string }
  /** The named webhook must not be asked in a dry run. */
  | { readonly kind: 'undryable'; readonly webhook: string }
  /** Refused by the last check there is, after every webhook. */
  | { readonly kind: 'afterwards' }
  /** Refused by something else, or by nobody can tell whom. */
  | { readonly kind: 'other' };

/** Reads the words of a refusal, https://github.com/kubernetes/apiserver (pkg/admission/plugin/webhook/errors). */
export function readRefusal(words: string): WebhookAnswer {
  const denied = /admission webhook "([^"]+)" denied the request/.exec(words);
  if (denied?.[1] !== undefined) return { kind: 'denied', webhook: denied[1] };
  const undryable = /admission webhook "([^"]+)" does not support dry run/.exec(words);
  if (undryable?.[1] !== undefined) return { kind: 'undryable', webhook: undryable[1] };
  const failed = /failed calling webhook "([^"]+)": ([\s\S]*)/.exec(words);
  if (failed?.[1] !== undefined && failed[2] !== undefined) {
    const url = /Post "([^"?]+)/.exec(failed[2])?.[1]?.replace(/\/$/, '');
    return { kind: 'failed', webhook: failed[1], url, reason: describeFailure(failed[2]) };
  }
  return words.includes('exceeded quota: ') ? { kind: 'afterwards' } : { kind: 'other' };
}

const explanations: readonly (readonly [RegExp, string])[] = [
  [/x509: certificate signed by unknown authority/, 'its caBundle does not match the certificate it serves'],
  [/x509: certificate has expired or is not yet valid/, 'the certificate it serves is not valid now'],
  [/x509: (certificate is (not )?valid for|cannot validate|certificate relies)/, 'its certificate is for another name'],
  [/context deadline exceeded|Client\.Timeout|i\/o timeout|TLS handshake timeout/, 'it does not answer in time'],
  [/connection refused/, 'nothing listens at its address'],
  [/no endpoints available|service "[^"]*" not found|no service port/, 'its service leads nowhere'],
  [/no such host/, 'its host is not known'],
];

function describeFailure(words: string): string {
  const explanation = explanations.find(([pattern]) => pattern.test(words))?.[1];
  return explanation === undefined ? `the API server got no valid answer: ${words}` : `${explanation}: ${words}`;
}
