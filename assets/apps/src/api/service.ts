import { defineService } from '../kit/service.js';
import { httpUrl, text, wholeNumber } from '../kit/settings.js';
import { watchDependencies } from './dependencies.js';
import { accountRoutes, pictureRoute, statusRoute } from './routes.js';

/** The gateway: what the outside may ask of auth and images, and an honest answer while they are away. */
export const api = defineService({
  name: 'api',
  settings: {
    AUTH_URL: httpUrl().default('http://auth'),
    IMAGES_URL: httpUrl().default('http://images'),
    // The UPLOAD_TOKEN of images, if it has one.
    IMAGES_TOKEN: text().optional(),
    MAX_BYTES: wholeNumber({ min: 1_024, max: 64 * 1024 * 1024, standard: 5 * 1024 * 1024 }),
  },
  open(settings, kit) {
    const auth = kit.connect({ name: 'auth', url: settings.AUTH_URL, timeoutMs: 1_500 });
    const images = kit.connect({ name: 'images', url: settings.IMAGES_URL, timeoutMs: 5_000 });
    const dependencies = watchDependencies({ auth, images }, { registry: kit.registry, now: () => performance.now() });
    const parts = { auth, images, imagesToken: settings.IMAGES_TOKEN, dependencies, maxBytes: settings.MAX_BYTES };
    return {
      routes(app) {
        accountRoutes(app, parts);
        pictureRoute(app, parts);
        statusRoute(app, parts);
      },
      close() {
        dependencies.close();
        return Promise.resolve();
      },
    };
  },
});
