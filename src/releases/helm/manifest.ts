import { parseAllDocuments, type ScalarTag, type Tags } from 'yaml';
import type { KubernetesObject } from '../../kubernetes/objects.js';

/** One object that Helm rendered. */
export interface ManifestObject {
  readonly object: KubernetesObject;
  /** Path of its template or file in the chart: `cert-manager/templates/deployment.yaml`. */
  readonly source: string | undefined;
  /** Helm events it is a hook of, such as `pre-install`; empty for a part of the release itself. */
  readonly hooks: readonly string[];
}

/**
 * Reads the output of `helm template`, or the manifest that Helm stored, as Helm's own YAML reader would: `0555` is
 * octal, `=` and `12:30` are strings. Lists are opened, documents with nothing but comments left out.
 */
export function parseManifest(text: string): ManifestObject[] {
  // Split first: one document that YAML cannot read must not hide where it came from.
  let source: string | undefined;
  return text.split(/^---[ \t]*$/m).flatMap((part) => {
    // Helm says it once for each file of crds/, however many documents that has.
    source = /^\s*# Source: (\S.*)/.exec(part)?.[1] ?? source;
    const from = source;
    const options = { customTags: helmTags, merge: true, uniqueKeys: false, logLevel: 'error' } as const;
    return [...parseAllDocuments(part, options)].flatMap((document) => {
      const [problem] = document.errors;
      if (problem) throw new Error(`${from ?? 'the manifest'}: ${problem.message}`);
      return objectsIn(document.toJS({ maxAliasCount: -1 }) as unknown, from);
    });
  });
}

/** True when the object comes from a `crds/` folder of the chart, or of a chart in it. */
export function isFromCrdsFolder({ source }: ManifestObject): boolean {
  return source !== undefined && /^[^/]+(\/charts\/[^/]+)*\/crds\//.test(source);
}

function objectsIn(value: unknown, source: string | undefined): ManifestObject[] {
  if (!isObject(value)) return [];
  const { items } = value as { readonly items?: unknown };
  if (value.kind.endsWith('List') && Array.isArray(items)) return items.flatMap((item) => objectsIn(item, source));
  const hooks = value.metadata.annotations?.['helm.sh/hook'];
  return [{ object: value, source, hooks: hooks ? hooks.split(',').map((event) => event.trim()) : [] }];
}

function isObject(value: unknown): value is KubernetesObject {
  return typeof value === 'object' && value !== null && 'kind' in value && 'apiVersion' in value;
}

// Helm reads YAML 1.1 without its numbers to base 60 and its dates.
function helmTags(tags: Tags): Tags {
  return [
    octal,
    grouped,
    booleanWord(true, /^(?:y|Y|[Yy]es|YES|[Oo]n|ON)$/),
    booleanWord(false, /^(?:n|N|[Nn]o|NO|[Oo]ff|OFF)$/),
  ].concat(tags as ScalarTag[]);
}

const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: () => false,
  test: /^[-+]?0[0-7]+$/,
  resolve: (text) => parseInt(text, 8),
};

const grouped: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: () => false,
  test: /^[-+]?[1-9][0-9]*_[0-9_]*$/,
  resolve: (text) => Number(text.replaceAll('_', '')),
};

function booleanWord(value: boolean, test: RegExp): ScalarTag {
  return { tag: 'tag:yaml.org,2002:bool', default: true, identify: () => false, test, resolve: () => value };
}
