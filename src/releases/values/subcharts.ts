import { parse } from 'yaml';
import { z } from 'zod';
import type { ChartTexts } from '../charts/chart-texts.js';

/** A chart within a chart. */
export interface Subchart {
  /** Where the parent's values keep those of the subchart: its alias, else its name. */
  readonly key: string;
  /** Its own files; `undefined` when it is named as a dependency, but not there. */
  readonly files: ChartTexts | undefined;
  /** Keys, each a path below its own values, that switch it on and off: `enabled`. */
  readonly switches: readonly string[];
}

const dependency = z.object({
  name: z.string(),
  alias: z.string().nullish(),
  condition: z.string().nullish(),
});
const metadata = z.object({
  name: z.string().optional().catch(undefined),
  dependencies: z.array(dependency).nullish().catch(undefined),
});

/** The charts that a chart depends on or simply holds; each alias is one of its own. */
export function subchartsOf(files: ChartTexts): readonly Subchart[] {
  const held = heldCharts(files);
  const named = dependenciesOf(files).map(({ name, alias, condition }): Subchart => {
    const key = alias ?? name;
    const switches = (condition ?? '').split(',').map((path) => path.trim());
    return {
      key,
      files: held.get(name),
      switches: switches.filter((path) => path.startsWith(`${key}.`)).map((path) => path.slice(key.length + 1)),
    };
  });
  const others = [...held].filter(([name]) => !dependenciesOf(files).some((other) => other.name === name));
  return [...named, ...others.map(([key, own]) => ({ key, files: own, switches: [] }))];
}

function heldCharts(files: ChartTexts): ReadonlyMap<string, ChartTexts> {
  const held = new Map<string, ChartTexts>();
  for (const path of files.keys()) {
    const [, folder] = /^(charts\/[^/]+\/)Chart\.yaml$/.exec(path) ?? [];
    if (folder === undefined) continue;
    const own = new Map(
      [...files].flatMap(([file, content]) => (file.startsWith(folder) ? [[file.slice(folder.length), content]] : [])),
    );
    const { name } = readMetadata(own.get('Chart.yaml'));
    if (name !== undefined) held.set(name, own);
  }
  return held;
}

// Charts of the old format name them in a file of its own.
function dependenciesOf(files: ChartTexts): readonly z.infer<typeof dependency>[] {
  return ['Chart.yaml', 'requirements.yaml'].flatMap((file) => readMetadata(files.get(file)).dependencies ?? []);
}

function readMetadata(text: string | undefined): z.infer<typeof metadata> {
  if (text === undefined) return { name: undefined, dependencies: undefined };
  const result = metadata.safeParse(parse(text, { logLevel: 'silent' }));
  return result.success ? result.data : { name: undefined, dependencies: undefined };
}
