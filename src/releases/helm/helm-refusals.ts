import { group, objectIn, type Explanation } from './helm-explanation.js';

/** Where the API server, or what it asks, refuses. */
export const refusals: readonly Explanation[] = [
  {
    words: /admission webhook "([^"]+)" denied the request: ?([^\n]*)/,
    explain: (match, { name }, output) => ({
      message: `the webhook ${group(match, 1)} refuses ${objectIn(output)} of ${name}: ${group(match, 2)}`,
      suggestions: [`give ${name} values that the webhook allows`],
      facts: { webhook: group(match, 1), object: objectIn(output) },
    }),
  },
  {
    words: /failed calling webhook "([^"]+)": ([^\n]*)/,
    explain(match, { name }, output) {
      const webhook = group(match, 1);
      const why = group(match, 2).replace(/^failed to call webhook: (?:Post "[^"]*": )?/, '');
      return {
        message: `the webhook ${webhook}, which is asked about ${objectIn(output)} of ${name}, does not answer: ${why}`,
        suggestions: [webhookSuggestion(why, name)],
        facts: { webhook, object: objectIn(output) },
      };
    },
  },
  {
    words: /ValidatingAdmissionPolicy '([^']+)' with binding '[^']+' denied request: ([^\n]*)/,
    explain: (match, { name }, output) => ({
      message: `the policy ${group(match, 1)} refuses ${objectIn(output)} of ${name}: ${group(match, 2)}`,
      suggestions: [`give ${name} values that the policy allows`],
      facts: { policy: group(match, 1), object: objectIn(output) },
    }),
  },
  {
    words: /exceeded quota: ([^,]+), ([^\n]*)/,
    explain: (match, { name, namespace }, output) => ({
      message: `${objectIn(output)} of ${name} exceeds the quota ${group(match, 1)} of namespace ${namespace}: ${group(match, 2)}`,
      suggestions: [`raise ResourceQuota/${group(match, 1)} of namespace ${namespace}, or let ${name} ask for less`],
      facts: { quota: group(match, 1), object: objectIn(output) },
    }),
  },
  {
    words: /unable to create new content in namespace (\S+) because it is being terminated/,
    explain: (match, { name }) => ({
      code: 'conflict',
      message: `${name} cannot be installed: its namespace ${group(match, 1)} is being deleted`,
      suggestions: ['run the command again: it waits until the namespace is gone, and makes it anew'],
    }),
  },
  {
    words: /namespaces "([^"]+)" not found/,
    explain: (match, { name }) => ({
      code: 'conflict',
      message: `${name} cannot be installed: there is no namespace ${group(match, 1)}`,
      suggestions: ['run the command again: it makes the namespaces that the releases of the file are in'],
    }),
  },
  {
    words: /User "([^"]+)" cannot (\w+) resource "([^"]+)"/,
    explain: (match, { name }) => ({
      message: `${name} cannot be installed: ${group(match, 1)} may not ${group(match, 2)} ${group(match, 3)}`,
      suggestions: ['use credentials that may, or have the role of these extended'],
    }),
  },
  {
    words: /kubernetes cluster unreachable: ([^\n]*)/i,
    explain: (match, { name }) => ({
      message: `${name} cannot be installed: the API server does not answer Helm: ${group(match, 1)}`,
      suggestions: ['run `platform status` to see what is still running, `platform start` to start it again'],
    }),
  },
];

function webhookSuggestion(why: string, release: string): string {
  if (/service "[^"]+" not found/.test(why)) {
    return 'install the release that the webhook belongs to, or delete its configuration if that release is gone';
  }
  if (why.includes('x509')) {
    return 'see that the release of the webhook is ready: the CA bundle in its configuration does not fit its certificate';
  }
  return `let ${release} need the webhook (\`needs: [<release>:webhook]\`), and see why the pods behind it are not ready`;
}
