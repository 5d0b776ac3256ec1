import { describe, expect, it } from 'vitest';
import { markup } from '../src/markup.js';

describe('text in markup', () => {
  it('is text, in elements and in attributes', () => {
    expect(markup(`<b class="x">Tom & 'Jerry'</b>`)).toBe(
      '&lt;b class=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;&lt;/b&gt;',
    );
  });

  it('has no characters that XML cannot have', () => {
    expect(markup('a\u0000b\u001bc\ud800d\uffff\te\nf\u{1f600}')).toBe('a\ufffdb\ufffdc\ufffdd\ufffd\te\nf\u{1f600}');
  });
});
