import { group, objectIn, type Explanation } from './helm-explanation.js';

/** Where somebody or something else has, or is at, what Helm wants to write. */
export const conflicts: readonly Explanation[] = [
  {
    words: /Apply failed with \d+ conflicts?: [\s\S]*/,
    explain([text], release, output) {
      const others = managersIn(text);
      const object = objectIn(output);
      const managers = others.map(({ manager }) => manager).join(' and ');
      const fields = others.flatMap((other) => other.fields);
      const isScaled = fields.every((field) => field === '.spec.replicas');
      return {
        code: 'conflict',
        message: `${release.name} cannot write ${listed(fields)} of ${object}, managed by ${managers}`,
        suggestions: isScaled
          ? [`leave the number of replicas out of the values of ${release.name} where something else scales ${object}`]
          : [
              `see what differs with \`platform diff ${release.name}\``,
              `take it back with \`platform up --only ${release.name} --repair\``,
              `or give ${release.name} the same values, and it is no conflict any more`,
            ],
        facts: { object, managers: others },
      };
    },
  },
  {
    words: /(\w+) "([^"]+)" (?:in namespace "([^"]*)" )?exists and cannot be imported into the current release: (.*)/,
    explain(match, release) {
      const object = `${group(match, 1)}/${group(match, 2)}`;
      const where = match[3] ? ` in namespace ${match[3]}` : '';
      const owner = ownerIn(group(match, 4), release.namespace);
      return {
        code: 'conflict',
        message: `${release.name} cannot create ${object}${where}: it is there already, and belongs to ${owner ?? 'nothing that Helm installed'}`,
        suggestions: [
          owner === undefined
            ? `delete ${object}${where} if nobody needs it`
            : `take ${object} out of one of the two, or uninstall ${owner}`,
          `or let ${release.name} create it under another name, or in another namespace`,
        ],
        facts: { object, owner },
      };
    },
  },
  {
    words: /another operation \(install\/upgrade\/rollback\) is in progress/,
    explain: (_, { name }) => ({
      code: 'conflict',
      message: `another Helm operation on ${name} is in progress, or was killed`,
      suggestions: ['run the command again: what a killed one left is recovered, and a living one is awaited'],
    }),
  },
  {
    words:
      /(\w+)(?:\.[\w.-]+)? \\?"([^"\\]+)\\?" is invalid: (\S+): .*(?:field is immutable|updates to \w+ spec for fields other than)/,
    explain(match, { name }) {
      const object = `${group(match, 1)}/${group(match, 2)}`;
      const field = group(match, 3);
      return {
        code: 'conflict',
        message: `${name} changes ${field} of ${object}, which cannot be changed`,
        suggestions: [
          `keep ${field} of ${object} as it is in the cluster`,
          `or delete ${object} and run the command again: it is made anew, and is away meanwhile`,
        ],
        facts: { object, field },
      };
    },
  },
];

interface OtherManager {
  readonly manager: string;
  readonly fields: readonly string[];
}

// conflict with "kubectl" using v1: .data.a, or conflicts with "kubectl" using v1:, a line break, - .data.a, and so on
function managersIn(text: string): OtherManager[] {
  const each = /conflicts? with "([^"]+)"(?: with subresource "[^"]+")?(?: using [^:]+)?:((?:\s+(?:- )?\.\S+)+)/g;
  return [...text.matchAll(each)].map(([, manager = '', fields = '']) => ({
    manager,
    fields: fields.split(/\s+(?:- )?/).filter((field) => field !== ''),
  }));
}

function ownerIn(words: string, namespace: string): string | undefined {
  const valueOf = (key: string) => new RegExp(`key "${key}"[^;]*current value is "([^"]*)"`).exec(words)?.[1];
  const name = valueOf('meta.helm.sh/release-name');
  const home = valueOf('meta.helm.sh/release-namespace');
  const manager = valueOf('app.kubernetes.io/managed-by');
  if (manager !== undefined) return manager;
  if (name === undefined && home === undefined) return undefined;
  const release = name === undefined ? 'the Helm release of its name' : `the Helm release ${name}`;
  return `${release} in namespace ${home ?? namespace}`;
}

function listed(fields: readonly string[]): string {
  const [first = 'a field', ...others] = fields;
  return others.length === 0 ? first : `${first} and ${String(others.length)} more fields`;
}
