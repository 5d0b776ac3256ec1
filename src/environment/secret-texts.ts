import { visit, type Document } from 'yaml';
import { pathOf } from './locate.js';
import { isSecretPlace } from './problems.js';

/**
 * The text of an environment file in which nothing is left of what stands under `secrets` and may be one, everything
 * else in its place: lines of it are shown where something in them is wrong.
 */
export function withoutSecretTexts(text: string, documents: readonly Document[]): string {
  if (!text.includes('secrets')) return text;
  let shown = text;
  for (const document of documents) {
    visit(document, {
      Scalar(key, node, ancestors) {
        const path = key === 'key' ? [] : pathOf(ancestors, node);
        const [start, end] = node.range ?? [];
        if (path[0] !== 'secrets' || !isSecretPlace(path) || start === undefined || end === undefined) return;
        shown = shown.slice(0, start) + shown.slice(start, end).replaceAll(/[^\r\n]/g, '*') + shown.slice(end);
      },
    });
  }
  return shown;
}
