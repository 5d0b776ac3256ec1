import type { Api } from './api.js';
import type { Show } from './show.js';

/** What the pages are made with. */
export type Portal = {
  readonly api: Api;
  /** Public address of the images service, without a final slash. */
  readonly imagesUrl: string;
  /** Bytes of a picture. */
  readonly maximum: number;
  readonly show: Show;
};
