import { defineService } from '../kit/service.js';
import { httpUrl, wholeNumber } from '../kit/settings.js';
import { staticFolder } from '../kit/static-folder.js';
import { answerLimitMs, openApi } from './api.js';
import { portalRoutes } from './routes.js';

/** The pages people see. Asks nobody but the api; the pictures go from the images service straight to the browser. */
export const webportal = defineService({
  name: 'webportal',
  settings: {
    API_URL: httpUrl(),
    // As browsers reach it, such as https://images.shop.localhost.
    IMAGES_URL: httpUrl(),
    MAX_BYTES: wholeNumber({ min: 1, max: 64 * 1024 * 1024, standard: 5 * 1024 * 1024 }),
  },
  open(settings, kit) {
    const api = openApi(kit.connect({ name: 'api', url: settings.API_URL, timeoutMs: answerLimitMs }));
    return {
      routes: (app) =>
        portalRoutes(app, {
          api,
          imagesUrl: settings.IMAGES_URL,
          maximum: settings.MAX_BYTES,
          staticFolder: staticFolder('webportal'),
        }),
    };
  },
});
