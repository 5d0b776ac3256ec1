import { relative } from 'node:path';
import { formatBytes } from '../bytes.js';
import type { ImagesBuildResult } from '../usecases/images-build.js';
import type { ImagesMoveResult } from '../usecases/images-copy-step.js';
import type { ImagesListResult, ListedImage } from '../usecases/images-list.js';
import type { Style } from './style.js';
import { table } from './table.js';

/** Digits of a digest that tell two apart. */
const digestDigits = 12;

/** What was built, and what had not to be. */
export function builtText({ environment, images }: ImagesBuildResult): string {
  if (images.length === 0) return none(environment);
  return table(
    images.map(({ name, repository, tag, digest, built }) => [
      name,
      `${repository}:${tag}`,
      shortDigest(digest),
      built ? 'built' : 'was there',
    ]),
  );
}

/** The images of an environment; paths are shown relative to `cwd`. */
export function listedText({ environment, images }: ImagesListResult, cwd: string): string {
  if (images.length === 0) return none(environment);
  return table(
    images.map((image) => [image.name, relative(cwd, image.context) || '.', ...stateOf(image), usedBy(image)]),
    { head: ['image', 'context', 'tag', 'in the registry', 'used by'] },
  );
}

/** What was copied where, and what nodes have to be told to find it. */
export function movedText({ to, images, unmirrored }: ImagesMoveResult, { symbols }: Style): string {
  const rows = images.map(({ image, digest, bytes, wasThere }) => [
    image,
    digest === undefined ? '' : shortDigest(digest),
    wasThere ? 'was there' : bytes > 0 ? formatBytes(bytes) : 'copied',
  ]);
  const copied = images.filter(({ wasThere }) => !wasThere);
  const bytes = copied.reduce((sum, one) => sum + one.bytes, 0);
  const smaller = images.flatMap(({ image, original }) => (original === undefined ? [] : [image]));
  return [
    table(rows),
    [
      `${symbols.done} ${to} has ${count(images.length, 'image')}; ${String(copied.length)} copied, ${formatBytes(bytes)}`,
      ...(smaller.length > 0
        ? [`${symbols.warning} under another digest, because only some platforms were copied: ${smaller.join(', ')}`]
        : []),
      ...(unmirrored.length > 0
        ? [
            `${symbols.warning} nodes still ask ${unmirrored.join(', ')} themselves`,
            `${symbols.next} local: { mirrors: { ${unmirrored.map((host) => `${host}: local`).join(', ')} } } in the environment file`,
          ]
        : []),
    ].join('\n'),
  ].join('\n\n');
}

function stateOf({ tag, digest, bytes, problem }: ListedImage): string[] {
  if (problem !== undefined) return ['', problem];
  if (digest === undefined) return [tag ?? '', 'no'];
  return [tag ?? '', `${shortDigest(digest)}  ${formatBytes(bytes ?? 0)}`];
}

function usedBy({ releases }: ListedImage): string {
  return releases.length > 0 ? releases.join(', ') : 'no release';
}

function none(environment: string): string {
  return `${environment} builds no images: they are made under \`images\` in its file`;
}

function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + digestDigits);
}

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}
