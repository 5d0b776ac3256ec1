import { markup } from '../../../markup.js';

/** A part of a page with a heading; nothing where there is nothing to say. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: string;
}

/** Rows of texts under headings; the first cell of a row names it. Texts are made fit for the page here. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
): string {
  const body = rows.map(([first = '', ...cells]) => {
    const rest = cells.map((cell = '') => `<td>${markup(cell)}</td>`).join('');
    return `<tr><th scope="row">${markup(first)}</th>${rest}</tr>`;
  });
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="${markup(caption)}"><table>`,
    `<caption>${markup(caption)}</caption>`,
    `<thead><tr>${head.map((text) => `<th scope="col">${markup(text)}</th>`).join('')}</tr></thead>`,
    `<tbody>\n${body.join('\n')}\n</tbody>`,
    '</table></div>',
  ].join('\n');
}

/** A drawing, and the same as a table for whoever reads better than looks; who goes by keyboard can pass the marks by. */
export function figure(id: string, title: string, drawing: string, data: string): string {
  return [
    `<p class="skip"><a href="#${id}-data">Go to the numbers of: ${markup(title)}</a></p>`,
    `<figure><figcaption>${markup(title)}</figcaption><div class="scroll drawing" tabindex="0" role="region" aria-label="Drawing: ${markup(title)}">${drawing}</div></figure>`,
    `<details id="${id}-data"><summary>Numbers of: ${markup(title)}</summary>\n${data}\n</details>`,
  ].join('\n');
}

export function paragraph(text: string): string {
  return `<p>${markup(text)}</p>`;
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${markup(item)}</li>`).join('')}</ul>`;
}

/** Names and what they are; those without a value are left out. */
export function definitions(entries: readonly (readonly [string, string | undefined])[]): string {
  const told = entries.flatMap(([name, value]) =>
    value === undefined ? [] : [`<div><dt>${markup(name)}</dt><dd>${markup(value)}</dd></div>`],
  );
  return `<dl>${told.join('')}</dl>`;
}

/** Not empty texts, one after the other. */
export function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}
