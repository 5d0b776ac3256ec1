const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 } as const;
const part = /(\d+)(ms|[smhdwy])/g;

/** Milliseconds of a duration in PromQL, a number of seconds included; `undefined` for a calculation with durations. */
export function promqlDuration(text: string): number | undefined {
  const [, sign, amount = ''] = /^([+-]?)\s*(\S+)$/.exec(text.trim()) ?? [];
  const length = /^\d+(\.\d+)?$/.test(amount) ? Number(amount) * 1_000 : sumOf(amount);
  return length === undefined || sign !== '-' ? length : -length;
}

function sumOf(text: string): number | undefined {
  if (!/^((\d+)(ms|[smhdwy]))+$/.test(text)) return undefined;
  return [...text.matchAll(part)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units],
    0,
  );
}

/** What a string of PromQL means, in any of its three quotes. */
export function promqlString(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner;
  const quoted = literal.startsWith("'") ? inner.replaceAll("\\'", "'").replaceAll(/(?<!\\)"/g, '\\"') : inner;
  try {
    return JSON.parse(`"${quoted}"`) as string;
  } catch {
    // An escape that JSON does not have.
    return inner;
  }
}
