import { describe, expect, it } from 'vitest';
import { html, trusted } from '../../../assets/apps/src/kit/html.js';

describe('pieces of a page', () => {
  it('escape what is put in, in text and in attributes', () => {
    expect(html`<a title="${`"'&<>`}">${'<b>'}</a>`.toString()).toBe(
      '<a title="&quot;&#39;&amp;&lt;&gt;">&lt;b&gt;</a>',
    );
  });

  it('hold other pieces, lists and numbers, and nothing for nothing', () => {
    const words = ['a', '<'].map((word) => html`<i>${word}</i>`);
    const piece = html`<b>${words}</b>${7}${undefined}${false}${trusted('<wbr>')}`;
    expect(piece.toString()).toBe('<b><i>a</i><i>&lt;</i></b>7<wbr>');
  });
});
