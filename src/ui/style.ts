import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** How text looks: colours where they are wanted, symbols that the terminal can show. */
export interface Style {
  readonly paint: (format: Format, text: string) => string;
  readonly symbols: Symbols;
}

interface Symbols {
  readonly done: string;
  readonly failed: string;
  readonly pending: string;
  readonly left: string;
  readonly warning: string;
  readonly next: string;
  readonly ellipsis: string;
  readonly barDone: string;
  readonly barLeft: string;
  readonly spinner: readonly [string, ...string[]];
}

const unicodeSymbols: Symbols = {
  done: '✓',
  failed: '✗',
  pending: '•',
  left: '↓',
  warning: '!',
  next: '→',
  ellipsis: '…',
  barDone: '━',
  barLeft: '─',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

const asciiSymbols: Symbols = {
  done: '+',
  failed: 'x',
  pending: '.',
  left: '-',
  warning: '!',
  next: '>',
  ellipsis: '...',
  barDone: '#',
  barLeft: '-',
  spinner: ['|', '/', '-', '\\'],
};

/** `color` has been decided by the caller (NO_COLOR, FORCE_COLOR, a terminal or not); `unicode` by {@link isUnicode}. */
export function createStyle({ color, unicode = true }: { color: boolean; unicode?: boolean }): Style {
  return {
    // Newer versions of Node would look at standard output, which is not where most of this goes.
    paint: (format, text) => (color && text !== '' ? styleText(format, text, { validateStream: false }) : text),
    symbols: unicode ? unicodeSymbols : asciiSymbols,
  };
}

/** True where the locale's encoding is UTF-8: the first of LC_ALL, LC_CTYPE and LANG that is set decides, as in POSIX. */
export function isUnicode(variables: Readonly<Record<string, string | undefined>>): boolean {
  const locale = variables['LC_ALL'] || variables['LC_CTYPE'] || variables['LANG'] || '';
  return /utf-?8/i.test(locale);
}
