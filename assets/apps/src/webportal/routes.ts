import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import type { Portal } from './portal.js';
import { elsewhereRoutes } from './routes/elsewhere.js';
import { failureRoutes } from './routes/failures.js';
import { homeRoutes } from './routes/home.js';
import { loginRoutes } from './routes/login.js';
import { logoutRoutes } from './routes/logout.js';
import { pictureRoutes } from './routes/picture.js';
import { profileRoutes } from './routes/profile.js';
import { registerRoutes } from './routes/register.js';
import { shower } from './show.js';
import { serveStaticFiles } from './static-files.js';

/** Every address of the portal. */
export async function portalRoutes(
  app: FastifyInstance,
  options: Omit<Portal, 'show'> & { readonly staticFolder: string },
): Promise<void> {
  // Forms are all there is to read: JSON, which a page of another site could send as plain text, is not.
  app.removeAllContentTypeParsers();
  await app.register(cookie);
  await app.register(formbody);
  await app.register(multipart);

  const addresses = serveStaticFiles(app, options.staticFolder);
  const portal: Portal = { ...options, show: shower({ addresses, imagesUrl: options.imagesUrl }) };
  failureRoutes(app, portal);
  elsewhereRoutes(app, portal);
  homeRoutes(app, portal);
  registerRoutes(app, portal);
  loginRoutes(app, portal);
  logoutRoutes(app, portal);
  profileRoutes(app, portal);
  pictureRoutes(app, portal);
}
