import { html, type Html } from '../../kit/html.js';
import { problemOf, problemSummary, type Problem } from '../problems.js';

export type CredentialsPage = {
  /** What was typed before; a password is never sent back. */
  readonly name?: string;
  readonly problems?: readonly Problem[];
  /** Where to try again while a service behind us is away. */
  readonly tryAgain?: string;
};

type Field = {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly input: Html;
};

const describedBy = (field: { id: string; hint?: string | undefined; problem: string | undefined }): Html | false => {
  const ids = [field.hint !== undefined && `${field.id}-hint`, field.problem !== undefined && `${field.id}-problem`];
  const list = ids.filter((id) => id !== false).join(' ');
  return list !== '' && html`aria-describedby="${list}"`;
};

function fieldBlock(field: Field, problems: readonly Problem[]): Html {
  const { id, label, hint, input } = field;
  const problem = problemOf(problems, id);
  return html`<div class="field">
    <label for="${id}">${label}</label>
    ${hint !== undefined && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    ${problem !== undefined && html`<p class="problem" id="${id}-problem">${problem}</p>`}
    <input
      id="${id}"
      name="${id}"
      aria-required="true"
      ${describedBy({ id, hint, problem })}
      ${problem !== undefined && html`aria-invalid="true"`}
      ${input}
    />
  </div>`;
}

/**
 * Our own messages instead of the browser's bubbles, which screen readers and enlarged pages often lose. For the same
 * reason aria-required and not `required`: with that, a field counts as wrong before anything was typed.
 */
const credentialsForm = (form: {
  readonly heading: string;
  readonly action: string;
  readonly submit: string;
  readonly fields: readonly Field[];
  readonly after: Html;
  readonly page: CredentialsPage;
}): Html => {
  const problems = form.page.problems ?? [];
  return html`<section class="card">
    ${problemSummary(problems, { tryAgain: form.page.tryAgain })}
    <h1>${form.heading}</h1>
    <form method="post" action="${form.action}">
      ${form.fields.map((field) => fieldBlock(field, problems))}
      <p class="actions"><button type="submit">${form.submit}</button></p>
    </form>
    <p>${form.after}</p>
  </section>`;
};

const nameInput = (value: string | undefined): Html =>
  html`type="text" autocomplete="username" autocapitalize="none" spellcheck="false" value="${value}"`;

export const loginPage = (page: CredentialsPage): Html =>
  credentialsForm({
    heading: 'Log in',
    action: '/login',
    submit: 'Log in',
    fields: [
      { id: 'name', label: 'Name', input: nameInput(page.name) },
      { id: 'password', label: 'Password', input: html`type="password" autocomplete="current-password"` },
    ],
    after: html`No account yet? <a href="/register">Register</a>`,
    page,
  });

export const registerPage = (page: CredentialsPage): Html =>
  credentialsForm({
    heading: 'Register',
    action: '/register',
    submit: 'Register',
    fields: [
      {
        id: 'name',
        label: 'Name',
        hint: '3 to 32 lower-case letters, digits and hyphens',
        input: nameInput(page.name),
      },
      {
        id: 'password',
        label: 'Password',
        hint: '8 to 128 characters',
        input: html`type="password" autocomplete="new-password"`,
      },
    ],
    after: html`Registered already? <a href="/login">Log in</a>`,
    page,
  });
