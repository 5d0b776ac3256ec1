import { html, type Html } from '../../kit/html.js';
import { problemSummary } from '../problems.js';

/** A page that only says what happened and offers a way on. */
export const messagePage = (message: {
  readonly heading: string;
  readonly text: string;
  readonly onward: { readonly href: string; readonly text: string };
}): Html =>
  html`<section class="card">
    <h1>${message.heading}</h1>
    <p>${message.text}</p>
    <p class="actions"><a class="button" href="${message.onward.href}">${message.onward.text}</a></p>
  </section>`;

/** Instead of a page that cannot be made while something behind us is away. */
export const awayPage = (away: { readonly heading: string; readonly text: string; readonly tryAgain: string }): Html =>
  html`<section class="card">
    ${problemSummary([{ text: away.text }], { tryAgain: away.tryAgain })}
    <h1>${away.heading}</h1>
  </section>`;
