import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { html, trusted, type Content, type Html } from '../kit/html.js';

const style = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 75rem; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: 0.5rem 0; }
th, td { border-bottom: 1px solid; padding: 0.4rem 0.8rem 0.4rem 0; text-align: left; vertical-align: top; }
form { display: flex; flex-wrap: wrap; gap: 1rem; align-items: end; }
label { display: grid; }
pre, code { overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, summary:focus-visible { outline: 3px solid; outline-offset: 2px; }
`;

// In one piece: the policy's digest is over every character between the tags.
const styleElement = trusted(`<style>${style}</style>`);

const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Answers with a whole page that runs no script and loads nothing. */
export function sendPage(reply: FastifyReply, title: string, content: Content): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    .send(page(title, content).toString());
}

function page(title: string, content: Content): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} - inbox</title>
        ${styleElement}
      </head>
      <body>
        <header>
          <nav aria-label="Pages"><a href="/">Deliveries</a> | <a href="/runbooks/">Runbooks</a></nav>
        </header>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html> `;
}
