const light = {
  page: '#ffffff',
  card: '#f6f8fa',
  ink: '#1f2328',
  faint: '#59636e',
  line: '#818b98',
  critical: '#bc4c00',
};
const dark = {
  page: '#0d1117',
  card: '#161b22',
  ink: '#f0f6fc',
  faint: '#9198a1',
  line: '#6e7681',
  critical: '#f0883e',
};

// Whole rules instead of custom properties, which many programs that show SVG do not know.
function colors({ page, card, ink, faint, line, critical }: typeof light): string {
  return [
    `.graph .page{fill:${page}}`,
    `.graph .card{fill:${card};stroke:${line}}`,
    `.graph .card.critical,.graph .line.critical{stroke:${critical}}`,
    `.graph .name{fill:${ink}}`,
    `.graph .plain,.graph .time,.graph .need{fill:${faint}}`,
    `.graph .need{stroke:${page}}`,
    `.graph .line{stroke:${line}}`,
    `.graph .arrow{fill:${line}}.graph .arrow-critical{fill:${critical}}`,
  ].join('');
}

/** Style of the drawing; every rule is about what is inside it, so that it can be part of a page. */
export const svgStyle = [
  // Not the shorthand, which converters do not know.
  '.graph text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px;white-space:pre}',
  '.graph .name{font-weight:bold}',
  '.graph .need{font-size:11px;text-anchor:middle;stroke-width:4px;stroke-linejoin:round;paint-order:stroke}',
  '.graph .line{fill:none;stroke-width:1.5px}',
  '.graph .derived{stroke-dasharray:6 4}',
  '.graph .card{stroke-width:1px}.graph .omitted{stroke-dasharray:4 4}',
  '.graph .card.critical{stroke-width:2.5px}.graph .line.critical{stroke-width:3px}',
  colors(light),
  `@media(prefers-color-scheme:dark){${colors(dark)}}`,
].join('');
