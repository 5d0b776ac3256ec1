import { createHash, timingSafeEqual } from 'node:crypto';
import { Problem } from '../kit/problem.js';
import { defineService } from '../kit/service.js';
import { text, wholeNumber } from '../kit/settings.js';
import { downloadRoute, uploadRoute } from './routes.js';
import { openUploads } from './uploads.js';
import { newWork } from './work.js';

/** Pictures on a volume. */
export const images = defineService({
  name: 'images',
  settings: {
    UPLOADS_FOLDER: text().default('/data'),
    MAX_BYTES: wholeNumber({ min: 1_024, max: 64 * 1024 * 1024, standard: 5 * 1024 * 1024 }),
    WORK_MS: wholeNumber({ min: 0, max: 60_000, standard: 0 }),
    WORK_MAX_MS: wholeNumber({ min: 0, max: 60_000, standard: 200 }),
    // Pictures are for everybody, so the whole service is; with this only who knows it may upload.
    UPLOAD_TOKEN: text().optional(),
  },
  async open(settings) {
    const uploads = await openUploads(settings.UPLOADS_FOLDER);
    const parts = {
      uploads,
      work: newWork(),
      maxBytes: settings.MAX_BYTES,
      workMs: settings.WORK_MS,
      workMaxMs: settings.WORK_MAX_MS,
      mayUpload: uploadRule(settings.UPLOAD_TOKEN),
    };
    return {
      routes(app) {
        uploadRoute(app, parts);
        downloadRoute(app, parts);
      },
      async ready() {
        await uploads.check().catch((cause: unknown) => {
          throw new Problem(503, 'The folder of uploads cannot be written to', { cause });
        });
      },
    };
  },
});

function uploadRule(token: string | undefined): (authorization: string | undefined) => boolean {
  if (token === undefined) return () => true;
  const digest = (value: string) => createHash('sha256').update(value).digest();
  const expected = digest(`Bearer ${token}`);
  return (authorization) => timingSafeEqual(digest(authorization ?? ''), expected);
}
