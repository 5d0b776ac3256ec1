import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { StaticAddresses } from './page.js';

type StaticFile = { readonly address: string; readonly type: string; readonly content: Buffer };

function staticFile(folder: string, file: { name: string; extension: string; type: string }): StaticFile {
  const content = readFileSync(join(folder, `${file.name}.${file.extension}`));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return { address: `/assets/${file.name}.${hash}.${file.extension}`, type: file.type, content };
}

/**
 * Serves the stylesheet, the script and the icon under names that carry a hash of their content, to be kept for ever,
 * and gives these names to whoever writes a page.
 */
export function serveStaticFiles(app: FastifyInstance, folder: string): StaticAddresses {
  const stylesheet = staticFile(folder, { name: 'portal', extension: 'css', type: 'text/css; charset=utf-8' });
  const script = staticFile(folder, { name: 'portal', extension: 'js', type: 'text/javascript; charset=utf-8' });
  const icon = staticFile(folder, { name: 'portal', extension: 'svg', type: 'image/svg+xml' });
  for (const { address, type, content } of [stylesheet, script, icon]) {
    const headers = {
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': type,
      'x-content-type-options': 'nosniff',
    };
    app.get(address, async (_request, reply) => reply.headers(headers).send(content));
  }
  return { stylesheet: stylesheet.address, script: script.address, icon: icon.address };
}
