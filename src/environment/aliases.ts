import { visit, type Document } from 'yaml';
import type { Range } from './locate.js';

/** Aliases that name no anchor, or a value they are part of themselves. */
export function checkAliases(document: Document): { range: Range; message: string }[] {
  const wrong: { range: Range; message: string }[] = [];
  visit(document, {
    Alias: (_, alias) => {
      const [start = 0, end = 0] = alias.range ?? [];
      const range: Range = [start, end];
      const target = alias.resolve(document)?.range;
      if (!target) wrong.push({ range, message: `there is no anchor &${alias.source} before *${alias.source}` });
      else if (target[0] <= start && start < target[2]) {
        wrong.push({ range, message: `*${alias.source} stands inside the value it repeats` });
      }
    },
  });
  return wrong;
}
