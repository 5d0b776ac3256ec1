import { visit, type Scalar } from 'yaml';
import { pathOf } from './locate.js';
import { formatPath, formatValue, type Path, type Report } from './problems.js';
import type { Source } from './source.js';

/**
 * Reports plain values that YAML 1.2 (ours) and Helm's YAML 1.1 read differently: `no`, `0644`. Nobody can tell which
 * one the author had in mind, and the difference would show up in the cluster only.
 */
export function reportAmbiguous(source: Source, isValues: (path: Path) => boolean, report: Report): void {
  visit(source.document, {
    Scalar: (key, node, ancestors) => {
      const complaint = key === 'key' ? undefined : ambiguity(node);
      if (!complaint) return;
      const path = pathOf(ancestors, node);
      if (!isValues(path)) return;
      const { message, value, allowed } = complaint;
      const isSecret = formatValue(value, path) !== formatValue(value);
      report(
        source.problem(path, 'value', {
          message: `${formatPath(path)}: ${isSecret ? 'Helm and YAML 1.2 read this differently' : message}`,
          ...(isSecret ? { allowed: 'text in quotes' } : { value, allowed }),
        }),
      );
    },
  });
}

/** What is ambiguous about a scalar and how to write it instead; `undefined` for the rest. */
export function ambiguity(
  scalar: Pick<Scalar, 'source' | 'type' | 'value'>,
): { message: string; value: unknown; allowed: string } | undefined {
  const { source = '', type, value } = scalar;
  if (type !== 'PLAIN') return undefined;
  const quoted = JSON.stringify(source);
  const either = (reading: string, other: string) => ({
    message: `${source} is ${reading} to Helm, but ${other} in YAML 1.2`,
    value: source,
    allowed: `${reading} or ${quoted}`,
  });
  if (/^(y|Y|yes|Yes|YES|on|On|ON)$/.test(source)) return either('true', 'text');
  if (/^(n|N|no|No|NO|off|Off|OFF)$/.test(source)) return either('false', 'text');
  if (/^[-+]?0[0-7]+$/.test(source) && Math.abs(Number(source)) > 7) {
    return either(String(parseInt(source, 8)), `the number ${String(Number(source))}`);
  }
  if (/^[-+]?\d[\d_]*_\d[\d_]*$/.test(source)) return either(source.replaceAll('_', ''), 'text');
  if (/^[-+]?0b[01]+$/.test(source)) return either(String(parseInt(source.replace('0b', ''), 2)), 'text');
  if (typeof value !== 'number') return undefined;
  if (!Number.isFinite(value))
    return { message: `${source} is not a number Helm can take`, value: source, allowed: quoted };
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?\d+$/.test(source)) {
    return { message: `${source} is too large a number to keep all its digits`, value: source, allowed: quoted };
  }
  return undefined;
}
