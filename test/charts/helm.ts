import { parseAllDocuments } from 'yaml';
import { asset } from '../../src/paths.js';
import { type ProcessResult, systemProcesses } from '../../src/process.js';
import { skipWithout, tool } from '../installed-tool.js';

/** A rendered object; what is below its metadata is for matchers to look into. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** For `beforeEach`: skips, with the reason, where there is no Helm. */
export const skipWithoutHelm = skipWithout('helm');

/** Runs the real Helm; resolves on failure too. */
export async function helm(args: readonly string[], values?: unknown): Promise<ProcessResult> {
  return systemProcesses().run(await tool('helm'), [...args, ...(values === undefined ? [] : ['--values', '-'])], {
    allowFailure: true,
    ...(values !== undefined && { stdin: JSON.stringify(values) }),
  });
}

/** `helm template` of a chart, as objects; rejects with Helm's words when it does not render. */
export async function rendered(
  release: string,
  chart: string,
  { values = {}, namespace = 'default', args = [] }: { values?: unknown; namespace?: string; args?: string[] } = {},
): Promise<Manifest[]> {
  const result = await helm(['template', release, chart, '--namespace', namespace, ...args], values);
  if (result.exitCode !== 0) throw new Error(result.stderr);
  return manifests(result.stdout);
}

/** The documents of a YAML stream that hold an object. */
function manifests(stream: string): Manifest[] {
  return parseAllDocuments(stream)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** The only object of a kind, and of a name where one is given. */
export function only(objects: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = objects.filter(
    (object) => object.kind === kind && (name ?? object.metadata.name) === object.metadata.name,
  );
  const [manifest] = found;
  if (!manifest || found.length > 1) throw new Error(`${String(found.length)} objects of kind ${kind}`);
  return manifest;
}

export const serviceChart = asset('assets', 'charts', 'service');
