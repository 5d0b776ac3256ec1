import { nearest } from '../nearest.js';
import type { Draft } from './draft.js';
import type { Path } from './problems.js';

/** Reports a namespace that no release is ever installed in: most likely its name is mistyped. */
export function reportForeignNamespace(
  name: string,
  draft: Draft,
  { path, part }: { readonly path: Path; readonly part: 'key' | 'value' },
  known: readonly string[],
): void {
  if (known.includes(name) || draft.isReported(path)) return;
  const meant = nearest(name, known);
  const what = {
    message: `no release is installed in the namespace ${name}`,
    value: name,
    allowed: known.length > 0 ? known.join(', ') : 'the namespace of a release',
    ...(meant && { suggestion: `did you mean ${meant}?` }),
  };
  draft.report(draft.source.problem(path, part, what));
}
