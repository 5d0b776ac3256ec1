import { stripVTControlCharacters } from 'node:util';

const graphemes = new Intl.Segmenter();
const printableAscii = /^[ -~]*$/;
const invisible = /^[\p{Mark}\p{Cc}\p{Cf}]+$/u;
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\uff01-\uff60\uffe0-\uffe6\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]|\ufe0f/u;
// The capture makes split() keep the codes, at the odd places.
const colorCodes = /(\u001b\[[\d;]*m)/;

/** How many columns of a terminal the text takes; colour codes take none, East Asian characters and emoji two each. */
export function displayWidth(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (printableAscii.test(plain)) return plain.length;
  let width = 0;
  for (const { segment } of graphemes.segment(plain)) width += widthOf(segment);
  return width;
}

/** Cuts the text to a number of columns, ending in the ellipsis; colours that were open are still closed. */
export function truncate(text: string, columns: number, ellipsis = '…'): string {
  if (displayWidth(text) <= columns) return text;
  const room = columns - displayWidth(ellipsis);
  if (room < 0) return '';
  let used = 0;
  let isCut = false;
  return text
    .split(colorCodes)
    .map((piece, index) => {
      if (index % 2 === 1) return piece;
      if (isCut) return '';
      let kept = '';
      for (const { segment } of graphemes.segment(piece)) {
        used += widthOf(segment);
        if (used > room) {
          isCut = true;
          return kept.trimEnd() + ellipsis;
        }
        kept += segment;
      }
      return kept;
    })
    .join('');
}

/** Fills the text up with spaces to a number of columns. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, columns - displayWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** Breaks our own prose between words; further lines are indented. Words longer than a line stay whole. */
export function wrap(text: string, columns: number, indent: number): string {
  const [first = '', ...words] = text.split(/(?<=\S) +/);
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (displayWidth(longer) > columns) lines.push(' '.repeat(indent) + word);
    else lines[lines.length - 1] = longer;
  }
  return lines.join('\n');
}

/** What others wrote, made fit for one line: no colours, cursor movements or line breaks. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

function widthOf(grapheme: string): number {
  if (invisible.test(grapheme)) return 0;
  return wide.test(grapheme) ? 2 : 1;
}
