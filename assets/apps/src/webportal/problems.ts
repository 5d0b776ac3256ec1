import { html, type Html } from '../kit/html.js';

/** Something that keeps a page from doing what was asked. With a field, it stands beside that field as well. */
export type Problem = { readonly text: string; readonly field?: string };

export const problemOf = (problems: readonly Problem[], field: string): string | undefined =>
  problems.find((problem) => problem.field === field)?.text;

const line = ({ text, field }: Problem): Html =>
  field === undefined ? html`<li>${text}</li>` : html`<li><a href="#${field}">${text}</a></li>`;

/** The list above a form: read out at once by screen readers, and each line leads to its field. */
export function problemSummary(
  problems: readonly Problem[],
  options: { tryAgain?: string | undefined } = {},
): Html | undefined {
  if (problems.length === 0) return undefined;
  const { tryAgain } = options;
  return html`<div class="summary" role="alert" tabindex="-1" aria-labelledby="summary-title">
    <h2 id="summary-title">${tryAgain === undefined ? 'There is a problem' : 'This does not work right now'}</h2>
    <ul>
      ${problems.map(line)}
    </ul>
    ${tryAgain !== undefined && html`<p><a href="${tryAgain}">Try again</a></p>`}
  </div>`;
}
