import { z } from 'zod';
import { PlatformError } from '../errors.js';
import bundled from './pins.json' with { type: 'json' };

/** Every external program the product can bring along. */
export const toolNames = [
  'kubectl',
  'helm',
  'kwok',
  'kwokctl',
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'metrics-server',
  'prometheus',
  'promtool',
  'alertmanager',
  'amtool',
  'kube-state-metrics',
  'kind',
  'minikube',
  'hey',
  'oha',
  'autocannon',
] as const;
export type ToolName = (typeof toolNames)[number];

export const platforms = ['linux/amd64', 'linux/arm64', 'darwin/amd64', 'darwin/arm64'] as const;
/** Operating system and architecture, in Go's words. */
export type Platform = (typeof platforms)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hexadecimal digits');

const download = z.strictObject({
  url: z.url(),
  /** Absent where the URL is the program itself. */
  archive: z.strictObject({ format: z.enum(['tar.gz', 'zip']), path: z.string() }).optional(),
  /**
   * Where the publisher says the sum of what is behind `url`: `single`, one sum and nothing else; `list`, lines of sum
   * and file name; `github`, the digests that GitHub keeps of a release's files.
   */
  checksum: z.strictObject({ format: z.enum(['single', 'list', 'github']), url: z.url() }),
  /** Of what is behind `url`, where it is known; written by `platform tools pin`. */
  sha256: sha256.optional(),
  /** Who built it, where that is not the project itself. */
  unofficial: z.string().optional(),
});

const build = z.strictObject({
  module: z.string(),
  version: z.string().startsWith('v'),
  package: z.string(),
  /** What `go build` calls the program, where that is not the tool's name. */
  output: z.string().optional(),
  /**
   * Version of the modules that the module's own go.mod replaces by folders of its repository, where the versions that
   * it requires of them do not exist.
   */
  staging: z.string().optional(),
  /**
   * Files that the program embeds and that are made only for a release, such as its pages: what is put in their place,
   * by their path in the module.
   */
  placeholders: z.record(z.string(), z.string()).optional(),
  /** Build tags, separated by commas: they leave out what nothing here uses and what takes minutes to compile. */
  tags: z.string().optional(),
  /** String variables set by the linker: a module does not know its own version. */
  variables: z.record(z.string(), z.string()),
  /** How many packages a whole build compiles; for progress only. */
  packages: z.int().positive(),
  /** How long a build with empty caches takes on two cores; only orders the queue. */
  seconds: z.int().positive(),
});

/** How a program says its version, and what to call it with. */
const ask = z.union([
  z.strictObject({
    arguments: z.string(),
    /** A pattern whose first group is the version. */
    answer: z.string(),
  }),
  z.strictObject({
    arguments: z.string(),
    /** Of a program that says no version: patterns that only the texts of a version have; the first that fits counts. */
    signs: z.array(z.strictObject({ version: z.string(), pattern: z.string() })),
  }),
]);

const pin = z.strictObject({
  version: z.string(),
  /** Why only what `accepts` says will do: a clause for people. */
  because: z.string().optional(),
  /** Semver range of the versions that will do when found on PATH. */
  accepts: z.string(),
  ask,
  downloads: z.partialRecord(z.enum(platforms), download),
  build: build.optional(),
  /** Pasteable: how people install what is neither downloaded nor built here. */
  install: z.string().optional(),
});

export const pinsSchema = z.strictObject({
  /** The oldest Go that can build all of them. */
  go: z.string(),
  tools: z.partialRecord(z.enum(toolNames), pin),
});

/** Which version of each tool is wanted and where it comes from: the contents of `pins.json`. */
export type Pins = z.infer<typeof pinsSchema>;
export type Pin = z.infer<typeof pin>;
export type DownloadPin = z.infer<typeof download>;
export type BuildPin = z.infer<typeof build>;

let parsed: Pins | undefined;

/** The pins this version of the product was made with. */
export function bundledPins(): Pins {
  return (parsed ??= pinsSchema.parse(bundled));
}

/** @throws PlatformError `usage` for a tool that has no pin. */
export function pinOf(pins: Pins, name: ToolName): Pin {
  const found = pins.tools[name];
  if (!found) throw new PlatformError('usage', `no version of ${name} is pinned`);
  return found;
}

/** Whether it can be brought here; otherwise it is only found on PATH. */
export function isBrought({ downloads, build }: Pin): boolean {
  return build !== undefined || Object.keys(downloads).length > 0;
}

/** The version in what a program answered to its pin's question; `undefined` where there is none. */
export function versionIn(answer: string, { ask }: Pin): string | undefined {
  if ('answer' in ask) return new RegExp(ask.answer, 'm').exec(answer)?.[1];
  return ask.signs.find(({ pattern }) => new RegExp(pattern, 'm').test(answer))?.version;
}

/** @throws PlatformError `usage` with the known names. */
export function toolNameFrom(text: string): ToolName {
  const name = toolNames.find((candidate) => candidate === text);
  if (name) return name;
  throw new PlatformError('usage', `there is no tool called ${text}`, {
    suggestions: [`the tools are ${toolNames.join(', ')}`],
  });
}

/** The platform this process runs on. */
export function currentPlatform(): Platform {
  const name = `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const platform = platforms.find((candidate) => candidate === name);
  if (platform) return platform;
  throw new PlatformError('prerequisite', `no tools are known for ${name}`, {
    suggestions: [`the supported platforms are ${platforms.join(', ')}`],
  });
}
