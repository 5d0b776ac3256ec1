import { join } from 'node:path';
import type { z } from 'zod';
import type { Drill } from '../chaos/drill.js';
import { mergeValues } from '../releases/values/values.js';
import type { ReleaseContext } from './candidate.js';
import { drillFrom, kindsOf } from './drill-content.js';
import { drillFileSchema, type DrillContent } from './drill-schema.js';
import { allowedInWords, problemsOf } from './issues.js';
import { namesIn } from './layer.js';
import type { Path, Report } from './problems.js';
import { readOptionalSource, readSource, type Source } from './source.js';
import { substitute } from './substitute.js';

type Words = Parameters<typeof substitute>[1];
type Context = Pick<ReleaseContext, 'layers' | 'library' | 'isComplete' | 'report'>;

/** What one file says of a drill, and where complaints about it belong. */
interface Writer {
  readonly origin: string;
  readonly content: DrillContent;
  readonly source: Source;
  /** Of the drill in its file. */
  readonly path: Path;
  readonly report: Report;
  readonly isReported: (path: Path) => boolean;
}

/**
 * `drills:` of all layers, each on top of the bundled drill of its name; a fault of another kind replaces a weaker one
 * as a whole, and `null` takes a drill out.
 */
export async function drillsOf(context: Context, words: Words): Promise<Record<string, Drill>> {
  const found = await Promise.all(
    namesIn(context.layers, 'drills').map(async (name) => {
      const writers = await writersOf(name, context);
      return writers && drillOf(name, writers, words, context.isComplete);
    }),
  );
  return Object.fromEntries(found.flatMap((drill) => (drill ? [[drill.name, drill]] : [])));
}

/** A drill in a file of its own; what is wrong with it is reported. */
export async function readDrillFile(
  file: string,
  { name, origin, words }: { readonly name: string; readonly origin: string; readonly words: Words },
  report: Report,
): Promise<Drill | undefined> {
  const writer = writerOf(await readSource(file, origin, report), origin, report);
  return writer && drillOf(name, [writer], words, true);
}

// What comes before a null is taken out, the bundled drill included.
async function writersOf(name: string, { layers, library, report }: Context): Promise<Writer[] | undefined> {
  const said = layers.flatMap(({ draft, origin }) => {
    const content = draft.content.drills?.[name];
    const path = ['drills', name];
    if (content === undefined) return [];
    return [
      {
        origin,
        content,
        source: draft.source,
        path,
        report: draft.report,
        isReported: (at: Path) => draft.isReported(at),
      },
    ];
  });
  if (said.at(-1)?.content === null) return undefined;
  const isEmptied = said.some(({ content }) => content === null);
  const bundled = `assets/drills/${name}.yaml`;
  const source = isEmptied
    ? undefined
    : await readOptionalSource(join(library.drills, `${name}.yaml`), bundled, report);
  const own = said.slice(said.findLastIndex(({ content }) => content === null) + 1);
  return [writerOf(source, bundled, report), ...own].flatMap((writer) =>
    writer?.content ? [{ ...writer, content: writer.content }] : [],
  );
}

function writerOf(source: Source | undefined, origin: string, report: Report): Writer | undefined {
  if (!source) return undefined;
  const { success, data, error } = drillFileSchema.safeParse(source.value, { error: allowedInWords });
  if (success) return { origin, content: data, source, path: [], report, isReported: () => false };
  problemsOf((error as z.ZodError).issues, source, drillFileSchema).forEach(report);
  return undefined;
}

function drillOf(name: string, writers: readonly Writer[], words: Words, isComplete: boolean): Drill | undefined {
  const last = writers.at(-1);
  if (!last) return undefined;
  const kind = writers.map(({ content }) => content.fault && kindsOf(content.fault)[0]).findLast(Boolean);
  const merged = mergeValues(
    writers.map(({ content: { fault, ...content } }) => ({
      values: { ...content, ...(fault && (kindsOf(fault)[0] ?? kind) === kind && { fault }) },
    })),
  );
  const drill = drillFrom(name, last.origin, substitute(merged, words));
  if ('name' in drill) return drill;
  for (const { path, message, allowed } of drill) {
    const place = [...last.path, ...path];
    if (isComplete && !last.isReported(place)) last.report(last.source.problem(place, 'key', { message, allowed }));
  }
  return undefined;
}
