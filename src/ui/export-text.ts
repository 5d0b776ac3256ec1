import type { ExportArgoCdResult } from '../usecases/export-argocd.js';
import type { Style } from './style.js';
import { table } from './table.js';

/** The waves of an export, what it leaves to people, and the commands that start it. */
export function exportText(result: ExportArgoCdResult, { paint, symbols }: Style): string {
  const { environment, folder, root, health, applications, omitted, unstable, builtImages, secrets, boundNamespaces } =
    result;
  const rows = applications.map(({ wave, name, brings, release }) => [
    `wave ${String(wave)}`,
    name,
    paint('dim', brings === 'definitions' ? `definitions of ${release}` : ''),
  ]);
  const counts = [
    `${String(result.written.length)} written`,
    `${String(result.unchanged.length)} unchanged`,
    `${String(result.removed.length)} removed`,
  ];
  return [
    `${paint('green', symbols.done)} ${paint('bold', environment)} in ${folder}: files ${counts.join(', ')}`,
    table(rows, { indent: 2 }),
    ...omitted.map(({ release, reason }) => `${symbols.left} without ${release}: ${reason}`),
    ...(unstable.length > 0
      ? [
          `${symbols.pending} kept as first made, since each rendering has another: secrets and the like of ${unstable.join(', ')}`,
        ]
      : []),
    ...(builtImages.length > 0
      ? [
          `${paint('yellow', symbols.warning)} Argo CD builds no images: push those of ${builtImages.join(', ')} yourself`,
        ]
      : []),
    ...(secrets.length > 0
      ? [
          `${paint('yellow', symbols.warning)} Secrets are not exported; make them first: ${secrets.map(({ name, namespace, keys }) => `${namespace}/${name} (${keys.join(', ')})`).join('; ')}`,
        ]
      : []),
    ...(boundNamespaces.length > 0
      ? [
          `${paint('yellow', symbols.warning)} quotas, container defaults and isolation are not exported: those of ${boundNamespaces.join(', ')}`,
        ]
      : []),
    `${symbols.next} commit and push ${folder}`,
    `${symbols.next} kubectl apply --server-side -f ${folder}/${health} ${paint('dim', '(waves wait for health only then)')}`,
    `${symbols.next} kubectl apply -f ${folder}/${root.file}`,
  ].join('\n');
}
