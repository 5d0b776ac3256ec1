import { chmod, cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { PlatformError, messageOf } from '../errors.js';
import type { Processes } from '../process.js';
import type { Go } from './go.js';
import type { BuildPin } from './pins.js';

const downloadedSchema = z.object({
  GoMod: z.string().optional(),
  Dir: z.string().optional(),
  Error: z.string().optional(),
});
const goModSchema = z.object({
  Go: z.string().optional(),
  GoDebug: z.array(z.object({ Key: z.string(), Value: z.string() })).nullish(),
  Replace: z.array(z.object({ Old: z.object({ Path: z.string() }), New: z.object({ Path: z.string() }) })).nullish(),
});
type GoMod = z.infer<typeof goModSchema>;

/**
 * Writes a throw-away module that requires the one whose programs are wanted. `go install module@version` would do for
 * some, but it refuses modules that replace parts of themselves, and always asks for the newest version.
 */
export async function writeThrowAwayModule(
  folder: string,
  pin: BuildPin,
  { go, processes, signal }: { go: Go; processes: Processes; signal: AbortSignal },
): Promise<void> {
  await writeFile(join(folder, 'go.mod'), 'module build\n');
  const run = (args: readonly string[]) =>
    processes.run(go.path, args, { cwd: folder, env: go.env, signal, allowFailure: true });
  const { stdout, stderr } = await run(['mod', 'download', '-json', `${pin.module}@${pin.version}`]);
  const { GoMod: file, Dir: sources, Error: reason } = parse(stdout || '{}', downloadedSchema);
  if (file === undefined || sources === undefined) {
    throw new PlatformError('tool', `go could not get ${pin.module}@${pin.version}: ${reason ?? stderr.trim()}`);
  }
  const { stdout: contents } = await run(['mod', 'edit', '-json', file]);
  await writeFile(join(folder, 'go.mod'), goModFor(pin, parse(contents, goModSchema)));
  if (pin.placeholders) await copyWithPlaceholders(sources, join(folder, copiedModule), pin.placeholders);
}

const copiedModule = 'module';

// Go embeds only what lies in the module itself, and its own copy of the module is not ours to change.
async function copyWithPlaceholders(sources: string, copy: string, placeholders: Record<string, string>) {
  await cp(sources, copy, { recursive: true });
  const entries = await readdir(copy, { recursive: true, withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  // Go keeps its folders read-only.
  for (const folder of [copy, ...folders]) await chmod(folder, 0o755);
  for (const [path, text] of Object.entries(placeholders)) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), text);
  }
}

/** The text of the throw-away go.mod: a requirement, with what only a main module may say copied from it. */
function goModFor(pin: BuildPin, { Go: version, GoDebug: debug, Replace: replaced }: GoMod): string {
  const folders = (replaced ?? []).filter((replace) => pin.staging !== undefined && /^\.\.?\//.test(replace.New.Path));
  return [
    'module build',
    ...(version === undefined ? [] : [`go ${version}`]),
    ...(debug ?? []).map(({ Key, Value }) => `godebug ${Key}=${Value}`),
    `require ${pin.module} ${pin.version}`,
    ...(pin.placeholders ? [`replace ${pin.module} => ./${copiedModule}`] : []),
    ...folders.map(({ Old }) => `replace ${Old.Path} => ${Old.Path} ${pin.staging ?? ''}`),
    '',
  ].join('\n');
}

function parse<T>(text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new PlatformError('tool', `go said something unexpected: ${messageOf(error)}`, {
      output: text,
      cause: error,
    });
  }
}
