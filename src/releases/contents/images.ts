import type { KubernetesObject } from '../../kubernetes/objects.js';

/** A reference with a registry's host and a tag or digest, as arguments and environment variables name images. */
const fullReference =
  /(?<![\w./@-])(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?(?![\w/:@])/g;

/** What YAML within a string, such as a ConfigMap's, says of an image. */
const imageLine = /\bimage:\s*["']?([\w./-]+(?::[\w.-]+)(?:@sha256:[0-9a-f]{64})?)/g;

/**
 * Every image that the objects name: in pod templates and in `image` of custom resources, whatever it looks like; in
 * arguments, environment and ConfigMaps where it is a whole reference. Sorted, each once.
 */
export function imagesIn(objects: readonly KubernetesObject[]): string[] {
  const found = new Set<string>();
  for (const object of objects) {
    if (object.kind === 'Secret') continue;
    visit(object, undefined, found);
  }
  return [...found].sort();
}

function visit(value: unknown, key: string | undefined, found: Set<string>): void {
  if (typeof value === 'string') {
    if (key === 'image' && isReference(value)) found.add(value);
    else for (const reference of referencesIn(value)) found.add(reference);
  } else if (Array.isArray(value)) {
    for (const item of value) visit(item, undefined, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) visit(inner, name, found);
  }
}

function referencesIn(text: string): string[] {
  const full = [...text.matchAll(fullReference)].map(([reference]) => reference).filter(isPinned);
  const lines = [...text.matchAll(imageLine)].flatMap(([, reference]) => reference ?? []);
  return [...full, ...lines];
}

function isReference(text: string): boolean {
  return /^[\w][\w./:@-]*$/.test(text);
}

// A host and a path alone may be any address.
function isPinned(reference: string): boolean {
  return /\/[^/]*(:|@sha256:)/.test(reference);
}
