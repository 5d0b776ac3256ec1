import { html, type Html } from '../../kit/html.js';

const entrance = html`<p class="actions">
  <a class="button" href="/register">Register</a>
  <a class="button quiet" href="/login">Log in</a>
</p>`;

const profileLink = html`<p class="actions"><a class="button" href="/profile">Go to your profile</a></p>`;

export const homePage = (loggedIn: boolean): Html =>
  html`<section class="hero">
    <h1>A name and a picture</h1>
    <p class="lead">Register with a name, log in, and give your profile a picture. That is all there is to it.</p>
    ${loggedIn ? profileLink : entrance}
  </section>`;
