import type { UninstallResult } from '../usecases/uninstall.js';
import type { Removal } from '../releases/uninstall/uninstall-release.js';
import type { Style } from './style.js';

/** What went, in the order in which it went, and what stays in the cluster. */
export function uninstallText({ environment, removals }: UninstallResult, { paint, symbols }: Style): string {
  if (removals.length === 0) return `${environment} has no releases installed: nothing to uninstall.`;
  const count = removals.length === 1 ? '1 release' : `${String(removals.length)} releases`;
  return [
    ...removals.flatMap((removal) => linesOf(removal)),
    `${paint('green', symbols.done)} ${count} of ${environment} uninstalled; namespaces and volumes stay`,
  ].join('\n');
}

function linesOf({
  release,
  revision,
  customResources,
  definitionsRemoved,
  definitionsLeft,
  forced,
}: Removal): string[] {
  return [
    `  uninstalled ${release}, revision ${String(revision)}`,
    ...customResources.map((name) => `    deleted ${name}`),
    ...definitionsRemoved.map((name) => `    deleted definition ${name}, which Helm had installed`),
    ...definitionsLeft.map(({ name, customResources: left }) => `    definition ${name} stays, ${resourcesLeft(left)}`),
    ...forced.map((name) => `    removed the finalizers of ${name}`),
  ];
}

function resourcesLeft(count: number): string {
  return count === 1 ? '1 custom resource left' : `${String(count)} custom resources left`;
}
