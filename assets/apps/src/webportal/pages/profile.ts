import { html, type Html } from '../../kit/html.js';
import { problemOf, problemSummary, type Problem } from '../problems.js';

export type ProfilePage = {
  readonly name: string;
  readonly createdAt: Date;
  /** The public address of the picture. */
  readonly picture: string | undefined;
  /** Bytes. */
  readonly maximum: number;
  readonly problems?: readonly Problem[];
};

const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' });

const portrait = (name: string, picture: string | undefined): Html =>
  picture === undefined
    ? html`<div class="portrait empty" aria-hidden="true">${name.charAt(0)}</div>
        <figcaption>No picture yet</figcaption>`
    : html`<img class="portrait" src="${picture}" alt="Picture of ${name}" width="192" height="192" />`;

/** Megabytes as people count them on a page, such as `5 MB`. */
export const sizeText = (bytes: number): string =>
  bytes >= 1024 * 1024 ? `${String(Math.round((bytes / 1024 / 1024) * 10) / 10)} MB` : `${String(bytes)} bytes`;

const pictureForm = (page: ProfilePage, problem: string | undefined): Html =>
  html`<form method="post" action="/picture" enctype="multipart/form-data" data-upload>
    <div class="field">
      <label for="picture">${page.picture === undefined ? 'Picture' : 'New picture'}</label>
      <p class="hint" id="picture-hint">A PNG file of at most ${sizeText(page.maximum)}</p>
      ${problem !== undefined && html`<p class="problem" id="picture-problem">${problem}</p>`}
      <input
        id="picture"
        name="picture"
        type="file"
        accept="image/png,.png"
        data-maximum="${page.maximum}"
        aria-describedby="picture-hint${problem !== undefined && ' picture-problem'}"
        ${problem !== undefined && html`aria-invalid="true"`}
      />
    </div>
    <p class="actions"><button type="submit">Upload</button></p>
  </form>`;

export const profilePage = (page: ProfilePage): Html => {
  const problems = page.problems ?? [];
  return html`<section class="card">
    ${problemSummary(problems)}
    <div class="person">
      <figure>${portrait(page.name, page.picture)}</figure>
      <div>
        <h1>${page.name}</h1>
        <p class="hint">
          Here since <time datetime="${page.createdAt.toISOString()}">${day.format(page.createdAt)}</time>
        </p>
      </div>
    </div>
    ${pictureForm(page, problemOf(problems, 'picture'))}
  </section>`;
};
