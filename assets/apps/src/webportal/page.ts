import { html, type Html } from '../kit/html.js';
import { noticeText, type Notice } from './notices.js';

/** Where a page finds what is not written into it. */
export type StaticAddresses = { readonly stylesheet: string; readonly script: string; readonly icon: string };

export type Page = {
  /** In the title of the window; the site's name is added. */
  readonly title: string;
  readonly main: Html;
  /** The address of the page itself, to mark it in the navigation. */
  readonly path?: string;
  readonly loggedIn?: boolean;
  readonly notice?: Notice | undefined;
  /** Said in the title, which is what a screen reader reads first. */
  readonly failed?: boolean;
};

const link = (path: string, text: string, current: string | undefined): Html =>
  html`<li><a href="${path}" ${path === current && html`aria-current="page"`}>${text}</a></li>`;

const navigation = ({ path, loggedIn }: Page): Html =>
  loggedIn === true
    ? html`${link('/profile', 'Profile', path)}
        <li>
          <form method="post" action="/logout"><button class="plain" type="submit">Log out</button></form>
        </li>`
    : html`${link('/login', 'Log in', path)} ${link('/register', 'Register', path)}`;

/** The whole document around what a page shows. */
export const pageText = (page: Page, addresses: StaticAddresses): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${page.failed === true && 'Error: '}${page.title} - Portal</title>
        <link rel="icon" type="image/svg+xml" href="${addresses.icon}" />
        <link rel="stylesheet" href="${addresses.stylesheet}" />
        <script type="module" src="${addresses.script}"></script>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <div class="bar">
            <a class="brand" href="/"><img src="${addresses.icon}" alt="" width="28" height="28" />Portal</a>
            <nav aria-label="Main">
              <ul>
                ${navigation(page)}
              </ul>
            </nav>
          </div>
        </header>
        <main id="content" tabindex="-1">
          ${page.notice !== undefined && html`<p class="notice" role="status">${noticeText(page.notice)}</p>`}
          ${page.main}
        </main>
        <footer><p>Portal is the sample application of this environment.</p></footer>
      </body>
    </html> `.toString();
