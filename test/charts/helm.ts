import type { TestContext } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { systemClock } from '../../src/clock.js';
import { asset, pathsFrom } from '../../src/paths.js';
import { type ProcessResult, systemProcesses } from '../../src/process.js';
import { createToolchain } from '../../src/toolchain/toolchain.js';

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

const binary = process.env['PLATFORM_TEST_HELM'] ?? (await installedHelm());

/** For `beforeEach`: skips, with the reason, where there is no Helm. */
export function skipWithoutHelm(context: TestContext): void {
  context.skip(binary === undefined, 'helm is not installed: `platform tools install helm`');
}

/** Runs the real Helm; resolves on failure too. */
export function helm(args: readonly string[], values?: unknown): Promise<ProcessResult> {
  if (binary === undefined) throw new Error('no helm: the test should have been skipped');
  return systemProcesses().run(binary, [...args, ...(values === undefined ? [] : ['--values', '-'])], {
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

/** What the product itself would use; the e2e tests bring it. */
async function installedHelm(): Promise<string | undefined> {
  const toolchain = createToolchain({
    processes: systemProcesses(),
    clock: systemClock,
    paths: pathsFrom(process.env),
    variables: process.env,
  });
  return (await toolchain.find('helm'))?.path;
}
