import { PlatformError } from '../../errors.js';

/** What an environment has in the hosts file. */
export interface HostsBlock {
  readonly environment: string;
  readonly entries: readonly HostsEntry[];
}

/** One line: an address and its names. */
export interface HostsEntry {
  readonly address: string;
  readonly names: readonly string[];
}

/** A name that a line outside our blocks leads to another address; the first line counts, so ours would not. */
export interface HostsConflict {
  readonly name: string;
  readonly address: string;
  /** Counted from 1. */
  readonly line: number;
}

/** musl reads lines of up to 1,023 bytes and drops longer ones. */
const longestLine = 1000;

interface Section {
  readonly environment: string;
  /** Lines, counted from 0; `to` is the one after its last. */
  readonly from: number;
  readonly to: number;
}

interface Damage {
  readonly environment: string;
  readonly line: number;
  readonly missing: 'begin' | 'end';
}

/** Every block that platform manages in the text of a hosts file; damaged ones are left out. */
export function hostsBlocks(text: string): HostsBlock[] {
  const lines = linesOf(text);
  const merged = new Map<string, HostsEntry[]>();
  for (const { environment, from, to } of sectionsOf(lines).sections) {
    const entries = lines.slice(from, to).flatMap((line) => entryOf(line) ?? []);
    merged.set(environment, [...(merged.get(environment) ?? []), ...entries]);
  }
  return [...merged].map(([environment, entries]) => ({ environment, entries }));
}

/** The block's own lines, without a line break after the last. */
export function hostsBlockText(environment: string, entries: readonly HostsEntry[]): string {
  return [begin(environment), ...entries.flatMap(linesOfEntry), end(environment)].join('\n');
}

/**
 * The text with this environment's block as given, and without one when there are no entries. Everything else stays as
 * it is, to the byte: its line breaks, and a last line that has none.
 * @throws PlatformError `conflict` when the block has lost its first or last line: what is ours is no longer known
 */
export function withHostsBlock(text: string, environment: string, entries: readonly HostsEntry[]): string {
  const lines = linesOf(text);
  const { sections, damages } = sectionsOf(lines);
  const damage = damages.find((one) => one.environment === environment);
  if (damage) throw damaged(damage);
  const own = sections.filter((section) => section.environment === environment);
  const lineBreak = lines[0]?.endsWith('\r\n') ? '\r\n' : '\n';
  const wanted = entries.length > 0 ? linesOf(hostsBlockText(environment, entries)).map((line) => line.trimEnd()) : [];
  const [first] = own;
  const position = first?.from ?? lines.length;
  const isOwn = (index: number) => own.some(({ from, to }) => index >= from && index < to);
  const kept = lines.map((line, index) => ({ line, isOwn: isOwn(index) }));
  const result = [
    ...kept.slice(0, position).map(({ line }) => line),
    ...wanted.map((line) => line + lineBreak),
    ...kept.slice(position).flatMap((entry) => (entry.isOwn ? [] : [entry.line])),
  ];
  return joined(result, { lineBreak, isEndOpen: text !== '' && !text.endsWith('\n') });
}

/** Which of the names lines of others lead to another address. */
export function hostsConflicts(
  text: string,
  environment: string,
  wanted: { readonly address: string; readonly names: readonly string[] },
): HostsConflict[] {
  const lines = linesOf(text);
  const own = sectionsOf(lines).sections.filter((section) => section.environment === environment);
  const found = lines.flatMap((line, index) => {
    if (own.some(({ from, to }) => index >= from && index < to)) return [];
    const entry = entryOf(line);
    if (!entry || entry.address === wanted.address || entry.address === '::1') return [];
    const names = entry.names.filter((name) => wanted.names.includes(name));
    return names.map((name) => ({ name, address: entry.address, line: index + 1 }));
  });
  return found.filter(({ name }, index) => found.findIndex((other) => other.name === name) === index);
}

function begin(environment: string): string {
  return `# platform ${environment}: begin (managed; change it with \`platform hosts apply|remove\`)`;
}

function end(environment: string): string {
  return `# platform ${environment}: end`;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

// The line break that the last line of the file did not have is nowhere else either.
function joined(
  lines: readonly string[],
  { lineBreak, isEndOpen }: { readonly lineBreak: string; readonly isEndOpen: boolean },
): string {
  const closed = lines.map((line) => (line.endsWith('\n') ? line : line + lineBreak)).join('');
  if (!isEndOpen) return closed;
  return closed.slice(0, closed.endsWith(lineBreak) ? -lineBreak.length : -1);
}

function sectionsOf(lines: readonly string[]): { sections: Section[]; damages: Damage[] } {
  const sections: Section[] = [];
  const damages: Damage[] = [];
  let open: { readonly environment: string; readonly from: number } | undefined;
  const close = () => {
    if (open) damages.push({ environment: open.environment, line: open.from + 1, missing: 'end' });
    open = undefined;
  };
  lines.forEach((line, index) => {
    const [, environment, mark] = /^\s*# platform ([a-z0-9-]+): (?:(begin)(?: .*)?|end)\s*$/.exec(line) ?? [];
    if (environment === undefined) return;
    if (mark === 'begin') {
      close();
      open = { environment, from: index };
    } else if (open?.environment === environment) {
      sections.push({ ...open, to: index + 1 });
      open = undefined;
    } else {
      close();
      damages.push({ environment, line: index + 1, missing: 'begin' });
    }
  });
  close();
  return { sections, damages };
}

function damaged({ environment, line, missing }: Damage): PlatformError {
  const [is, lacks] =
    missing === 'end' ? [begin(environment), end(environment)] : [end(environment), begin(environment)];
  return new PlatformError('conflict', `the block of ${environment} in the hosts file has no ${missing}`, {
    output: `line ${String(line)}: ${is}`,
    suggestions: [`add the line \`${lacks}\` where the block ${missing}s, or remove the whole block by hand`],
    facts: { environment, line, missing },
  });
}

function entryOf(line: string): HostsEntry | undefined {
  const [address, ...names] = line.replace(/#.*/s, '').trim().toLowerCase().split(/\s+/);
  return address && names.length > 0 ? { address, names } : undefined;
}

function linesOfEntry({ address, names }: HostsEntry): string[] {
  const lines: string[] = [];
  let line = address;
  for (const name of [...new Set(names)].sort()) {
    refuseUnlessName(name);
    if (line.length + name.length >= longestLine) {
      lines.push(line);
      line = address;
    }
    line += ` ${name}`;
  }
  return [...lines, line];
}

// What is written here is read by every program on the machine.
function refuseUnlessName(name: string): void {
  if (/^(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})*$/.test(name)) return;
  throw new PlatformError('usage', `${JSON.stringify(name)} is not a host name`);
}
