import { group, objectIn, type Explanation } from './helm-explanation.js';

/** Where the chart and its values do not fit each other, Helm, or the cluster. */
export const chartFaults: readonly Explanation[] = [
  {
    words: /don't meet the specifications of the schema\(s\)/,
    explain(_, { name }, output) {
      const keys = [...output.matchAll(/^- at '([^']*)': /gm)].map(([, key = '']) => key.slice(1).replaceAll('/', '.'));
      const [first] = keys.filter((key) => key !== '');
      return {
        code: 'usage',
        message: `the values of ${name} do not fit the schema of its chart`,
        suggestions: [`correct ${first ?? 'them'}: \`platform values ${name}\` shows where each value comes from`],
        facts: { keys },
      };
    },
  },
  {
    words: /chart requires kubeVersion: (.*) which is incompatible with Kubernetes (\S+)/,
    explain: (match, { name }) => ({
      code: 'prerequisite',
      message: `the chart of ${name} is for Kubernetes ${group(match, 1)}, and the cluster has ${group(match, 2)}`,
      suggestions: ['choose another version of the chart, or of Kubernetes (`local.kubernetes`)'],
    }),
  },
  {
    words: /no matches for kind "/,
    explain(_, { name }, output) {
      const each = /no matches for kind "([^"]+)" in version "([^"]+)"/g;
      const kinds = [...output.matchAll(each)].map(([, kind = '', version = '']) => `${kind} (${version})`);
      return {
        code: 'conflict',
        message: `${name} creates ${kinds.join(' and ')}, which the cluster does not know`,
        suggestions: [
          `install the release that defines it before ${name} (\`needs: [<release>:crds]\`)`,
          `or turn it off in the values of ${name}`,
        ],
        facts: { kinds },
      };
    },
  },
  {
    words: /data: Too long: may not be more than (\d+) bytes|Request entity too large|etcdserver: request is too large/,
    explain: (_, { name }) => ({
      message: `the chart of ${name} is too large: Helm keeps it, with all that it renders, in a Secret of at most 1 MiB`,
      suggestions: [
        'leave large files out of the chart (`.helmignore`)',
        'bring definitions and dashboards as a chart of their own',
      ],
    }),
  },
  {
    words: /execution error at \((.+?):\d+:\d+\): ([^\n]*)/,
    explain: (match, { name }) => ({
      code: 'usage',
      message: `the chart of ${name} refuses its values: ${group(match, 2)}`,
      suggestions: [`set what it asks for under the values of ${name}`],
      facts: { template: group(match, 1) },
    }),
  },
  {
    words: /^Error: (?:UPGRADE FAILED: )?(\S+?):\d+:\d+\n[\s\S]*?at <([^>]+)>:\s*([^\n]*)/m,
    explain: (match, { name }) => ({
      code: 'usage',
      message: `the chart of ${name} cannot be rendered with its values: ${group(match, 2)}: ${group(match, 3)}`,
      suggestions: [`compare the values of ${name} with what ${group(match, 1)} reads`],
      facts: { template: group(match, 1), expression: group(match, 2) },
    }),
  },
  {
    words: /YAML parse error on ([^:]+): ([^\n]*)/,
    explain: (match, { name }) => ({
      message: `the chart of ${name} renders ${group(match, 1)}, which is not YAML: ${group(match, 2)}`,
      suggestions: ['see which value has a colon, a quote or a line break that the template does not quote'],
      facts: { template: group(match, 1) },
    }),
  },
  {
    words: /(\.\S+): field not declared in schema/,
    explain: (match, { name }, output) => ({
      message: `${name} sets ${group(match, 1)} of ${objectIn(output)}, and the cluster knows no such field`,
      suggestions: [
        'correct the template or the value; or the chart is for another version of Kubernetes or of its definitions',
      ],
      facts: { object: objectIn(output), field: group(match, 1) },
    }),
  },
  {
    words: /(Job|Pod)\/([^/\s]+)\/(\S+) not ready\. status: (\w+)/,
    explain(match, { name }) {
      const hook = `${group(match, 1)}/${group(match, 3)}`;
      const failed = match[4] === 'Failed';
      return {
        code: failed ? 'tool' : 'timeout',
        message: `the hook ${hook} of ${name} ${failed ? 'failed' : 'did not end within the time that Helm gives it'}`,
        suggestions: [`see the pods and events of ${hook} in namespace ${group(match, 2)}`],
        facts: { hook, namespace: match[2] },
      };
    },
  },
  {
    words: /context deadline exceeded|timed out waiting/,
    explain: (_, { name }) => ({
      code: 'timeout',
      message: `Helm did not finish ${name} in the time it is given`,
      suggestions: [`see \`platform logs ${name}\`, and run the command again`],
    }),
  },
];
