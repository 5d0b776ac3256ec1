const light = [
  '--ground:#fff;--text:#1f2328;--quiet:#57606a;--line:#d0d7de;--shade:#eaeef2;--link:#0550ae',
  '--first:#0550ae;--second:#953800;--third:#116329;--fourth:#6639ba;--good:#116329;--bad:#a40e26;--odd:#7d4e00',
].join(';');
const dark = [
  '--ground:#0d1117;--text:#f0f6fc;--quiet:#9198a1;--line:#3d444d;--shade:#1c2129;--link:#79c0ff',
  '--first:#79c0ff;--second:#ffa657;--third:#7ee787;--fourth:#d2a8ff;--good:#7ee787;--bad:#ff9492;--odd:#f2cc60',
].join(';');

/** Looks of the page: light or dark as the system wants it, always light on paper. */
export const pageStyle = [
  `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif;${light}}`,
  `@media screen and (prefers-color-scheme:dark){:root{${dark}}}`,
  'body{margin:0 auto;padding:1.5rem;max-width:62rem;background:var(--ground);color:var(--text);overflow-wrap:anywhere}',
  'h1{font-size:1.5rem;margin:0 0 .5rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}',
  'a{color:var(--link)}a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:1px}',
  '.skip a{position:absolute;left:-999rem}.skip a:focus{position:static}.skip{margin:0}',
  '.verdict{border:2px solid;border-left-width:.6rem;border-radius:6px;padding:.6rem 1rem;margin:0 0 1rem}',
  '.verdict strong{font-size:1.1rem}.verdict p{margin:0}',
  '.verdict.good{border-color:var(--good)}.verdict.bad{border-color:var(--bad)}.verdict.odd{border-color:var(--odd)}',
  'nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:0;list-style:none}',
  'dl{display:flex;flex-wrap:wrap;gap:.4rem 2rem;margin:0}dt{color:var(--quiet);font-size:.85rem}dd{margin:0}',
  'figure{margin:1rem 0 .5rem}figcaption{font-weight:600}',
  '.scroll{overflow:auto}.drawing>svg{display:block;width:100%;min-width:40rem;height:auto}',
  'table{border-collapse:collapse;font-size:.9rem}caption{text-align:left;font-weight:600;padding:.3rem 0}',
  'th,td{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums}',
  'table{overflow-wrap:break-word}tbody th{font-weight:400}',
  'summary{cursor:pointer;color:var(--link)}details{margin:.5rem 0}',
  '.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;padding:0;margin:.4rem 0;font-size:.85rem}',
  '.legend svg{width:2rem;height:1rem;vertical-align:middle;margin-right:.4rem}',
  'svg text{font:13px system-ui,sans-serif;fill:var(--text)}svg .tick{font-size:12px;fill:var(--quiet)}',
  '.grid{stroke:var(--line)}.band{fill:var(--shade)}',
  '.series{fill:none;stroke-width:2.5}.first{stroke:var(--first)}.second{stroke:var(--second);stroke-dasharray:2 4;stroke-linecap:round}',
  '.third{stroke:var(--third);stroke-dasharray:10 4}.fourth{stroke:var(--fourth);stroke-dasharray:12 4 2 4}',
  '.predicted{stroke:var(--text);stroke-width:1.5;stroke-dasharray:6 5}.limit{stroke:var(--quiet);stroke-width:1.5;stroke-dasharray:1 3}',
  '.took{fill:var(--first)}.expected{fill:none;stroke:var(--text);stroke-dasharray:4 3}.budget{stroke:var(--text);stroke-width:2}',
  '.symbol{stroke-width:2}.symbol.met{fill:var(--good)}.symbol.late{fill:var(--odd)}.symbol.broken{fill:none;stroke:var(--bad);stroke-width:3}',
  'footer{margin-top:2rem;color:var(--quiet);font-size:.85rem}footer p{margin:.2rem 0}',
  '@media print{body{max-width:none;padding:0}nav,.skip{display:none}section,figure,tr{break-inside:avoid}',
  // Paper cannot be unfolded.
  'details::details-content{content-visibility:visible;display:block;height:auto}summary{color:var(--text)}.scroll{overflow:visible}}',
].join('\n');
