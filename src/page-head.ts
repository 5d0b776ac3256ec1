import { markup } from './markup.js';

/** The beginning of a page that needs nothing else and runs no scripts, up to its body. */
export function pageHead(title: string, style: string): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${markup(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
  ].join('\n');
}
