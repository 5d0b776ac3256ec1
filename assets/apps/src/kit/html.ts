/** Text that is HTML already. Only `html` and `trusted` make it, so everything else is escaped. */
export class Html {
  constructor(private readonly source: string) {}

  toString(): string {
    return this.source;
  }
}

export type Content = Html | string | number | undefined | false | readonly Content[];

/** A piece of a page: what is put in is escaped, other pieces are not; `undefined` and `false` leave nothing. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(strings.map((part, index) => part + render(contents[index])).join(''));
}

/** Declares text to be HTML: only for what was made here, such as rendered markdown. */
export const trusted = (source: string): Html => new Html(source);

function render(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Html) return content.toString();
  if (typeof content === 'string' || typeof content === 'number') return escape(String(content));
  return content.map(render).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
