import type { Credentials, Refusal } from './api.js';
import type { Problem } from './problems.js';

/** What was typed into a form; a field that is missing or came twice counts as empty. */
export function credentialsOf(body: unknown): Credentials {
  return { name: fieldOf(body, 'name').trim(), password: fieldOf(body, 'password') };
}

function fieldOf(body: unknown, field: string): string {
  if (typeof body !== 'object' || body === null) return '';
  const value: unknown = Object.getOwnPropertyDescriptor(body, field)?.value;
  return typeof value === 'string' ? value : '';
}

/** What keeps somebody from logging in before anybody is asked. */
export const loginProblems = ({ name, password }: Credentials): readonly Problem[] => [
  ...(name === '' ? [{ field: 'name', text: 'Enter your name' }] : []),
  ...(password === '' ? [{ field: 'password', text: 'Enter your password' }] : []),
];

/** The same for registering. The auth service has the last word; this only says which field it is about. */
export function registerProblems({ name, password }: Credentials): readonly Problem[] {
  const problems: Problem[] = [];
  if (name === '') problems.push({ field: 'name', text: 'Choose a name' });
  else if (!/^[a-z0-9-]{3,32}$/.test(name)) {
    problems.push({ field: 'name', text: 'A name has 3 to 32 lower-case letters, digits and hyphens' });
  }
  if (password === '') problems.push({ field: 'password', text: 'Choose a password' });
  else if (password.length < 8 || password.length > 128) {
    problems.push({ field: 'password', text: 'A password has 8 to 128 characters' });
  }
  return problems;
}

/** The api's refusal of a name and password, for whoever typed them. */
export function credentialsRefused(refusal: Refusal): Problem {
  switch (refusal.status) {
    case 401:
      return { text: 'Wrong name or password' };
    case 409:
      return { field: 'name', text: 'This name is taken' };
    case 429:
      return { text: `Too many tries. Wait ${waitText(refusal.retryAfterSeconds)} and try again` };
    default:
      return { text: refusal.text };
  }
}

function waitText(seconds: number | undefined): string {
  if (seconds === undefined) return 'a minute';
  return seconds === 1 ? '1 second' : `${String(seconds)} seconds`;
}
