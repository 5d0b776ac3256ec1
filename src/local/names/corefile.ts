import { PlatformError } from '../../errors.js';

/** Names that CoreDNS answers with the address of a Service. */
export interface Rewrites {
  readonly environment: string;
  readonly names: readonly string[];
  /** The Service's name in the cluster's DNS, such as `traefik.traefik.svc.cluster.local`. */
  readonly target: string;
}

/** A line of a Corefile, and the block that it is in. */
interface Line {
  readonly text: string;
  /** How many braces are open before it. */
  readonly depth: number;
  /** Its words, without a comment. */
  readonly words: readonly string[];
}

/**
 * The Corefile with these rewrites, and without any of this environment when there are no names; the rest stays as it
 * is, to the byte. They stand before the plugin that answers for the cluster, in the server block that has it.
 * @throws PlatformError `conflict` where there is no such block, or ours was damaged
 */
export function withRewrites(corefile: string, rewrites: Rewrites): string {
  const rest = withoutRewrites(corefile, rewrites.environment);
  if (rewrites.names.length === 0) return rest;
  const lines = linesOf(rest);
  const position = positionIn(lines);
  const texts = lines.map(({ text }) => text);
  const indent = /^[\t ]*/.exec(texts[position] ?? '')?.[0] ?? '';
  const block = blockText(rewrites, indent === '' ? '    ' : indent);
  return [...texts.slice(0, position), ...block, ...texts.slice(position)].join('');
}

/** Whether CoreDNS takes over a changed Corefile by itself. */
export function reloadsItself(corefile: string): boolean {
  return linesOf(corefile).some(({ depth, words }) => depth === 1 && words[0] === 'reload');
}

function withoutRewrites(corefile: string, environment: string): string {
  const result: string[] = [];
  let isOurs = false;
  for (const { text } of linesOf(corefile)) {
    const line = text.trim();
    if (line.startsWith(begin(environment))) {
      if (isOurs) throw damaged(environment);
      isOurs = true;
    } else if (line === end(environment)) {
      if (!isOurs) throw damaged(environment);
      isOurs = false;
    } else if (!isOurs) {
      result.push(text);
    }
  }
  if (isOurs) throw damaged(environment);
  return result.join('');
}

// Each rule is a block of its own: CoreDNS takes no other form for more than a name.
function blockText({ environment, names, target }: Rewrites, indent: string): string[] {
  const rules = [...new Set(names)].sort().flatMap((name) => [
    `${indent}rewrite stop {`,
    `${indent}    name exact ${name} ${target}`,
    // The answer carries the name that was asked for.
    `${indent}    answer auto`,
    `${indent}}`,
  ]);
  const lines = [`${indent}${begin(environment)} (managed by platform up)`, ...rules, `${indent}${end(environment)}`];
  return lines.map((line) => `${line}\n`);
}

function begin(environment: string): string {
  return `# platform ${environment}: begin`;
}

function end(environment: string): string {
  return `# platform ${environment}: end`;
}

function positionIn(lines: readonly Line[]): number {
  const plugin = lines.findIndex(({ depth, words }) => depth === 1 && words[0] === 'kubernetes');
  if (plugin >= 0) return plugin;
  throw new PlatformError('conflict', 'the Corefile in kube-system/coredns has no plugin kubernetes', {
    suggestions: ['put the Corefile of the cluster right, or use a domain below localhost'],
  });
}

function linesOf(corefile: string): Line[] {
  let depth = 0;
  return (corefile.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((text) => {
    const words = wordsOf(text);
    const line = { text, depth, words };
    // A brace counts only as the last word of a line that opens, and alone on one that closes; as in `{$VARIABLE}`, others are text.
    if (words.at(-1) === '{') depth += 1;
    if (words[0] === '}') depth -= 1;
    return line;
  });
}

// A word that begins with # begins a comment; quoted ones may hold anything.
function wordsOf(line: string): string[] {
  const words = line.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment < 0 ? words : words.slice(0, comment);
}

function damaged(environment: string): PlatformError {
  return new PlatformError(
    'conflict',
    `the block of ${environment} in the Corefile of kube-system/coredns is damaged`,
    {
      suggestions: [
        'remove its lines with `kubectl -n kube-system edit configmap coredns`, then run `platform up` again',
      ],
    },
  );
}
