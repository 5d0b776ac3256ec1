import { isMap } from '../releases/values/values.js';
import type { Values } from './environment.js';

const mask = '***';

// Names of secrets and of files that hold them are no secrets: secretName, passwordRef, existingSecret, tokenFile.
const reference = /(name|names|ref|refs|selector|topologykey|namespace|file|path|class|ttl|seconds)$|^existing/i;
const secretWord = /pass(word|wd|phrase)|secret|token|credential|private|webhook[-_]?url|dsn$|(^|[-_.])(api)?key$/i;
const camelCaseKey = /[a-z]Key$/;
const secretReference = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[-\w.]+$/;

/** True for a key whose value should not be shown: `password`, `clientSecret`, `api_key`; not for `secretName`. */
export function looksSecret(key: string): boolean {
  return (secretWord.test(key) || camelCaseKey.test(key)) && !reference.test(key);
}

/**
 * A copy that can be shown, kept or sent: whatever looks secret is masked, by its key, by its form (private keys,
 * credentials in URLs, tokens of known forms) or as the value of a named variable. `{secret: name/key}` and
 * `{name, key}` stay: they name a secret and tell nothing of it.
 */
export function redact(values: Values): Values {
  return redactMap(values);
}

/** {@link redact} for free text, such as a line of a file. */
export function redactText(text: string): string {
  // Nothing begins in the middle of a word: without saying so, a word as long as a file takes the square of its length.
  return text
    .replaceAll(/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(-----END \1-----|$)/g, mask)
    .replaceAll(/((?<!\w)\w+:\/\/[^\s:/@]*:)[^\s@/]+@/g, `$1${mask}@`)
    .replaceAll(
      /\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{30,}|\bxox[abprs]-[-\w]{10,}|\beyJ[-\w]+\.[-\w]+\.[-\w]+/g,
      mask,
    )
    .replaceAll(/(hooks\.slack\.com\/services\/)\S+/g, `$1${mask}`)
    .replaceAll(
      /(?<![-\w.])([-\w.]+)(["']?[ \t]*[:=][ \t]*)(?!\s|[{[&*|>]|(?:true|false|null)\b)("[^"]*"?|'[^']*'?|[^\s,}\]]+)/g,
      maskedPair,
    );
}

function maskedPair(whole: string, key: string, separator: string, value: string): string {
  const isReference = key === 'secret' && secretReference.test(value);
  return looksSecret(key) && !isReference ? `${key}${separator}${mask}` : whole;
}

function redactMap(map: Values): Values {
  if (isSecretReference(map)) return map;
  const namesSecret = typeof map['name'] === 'string' && looksSecret(map['name']);
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => {
      if (key === 'generatedSecret' && isMap(value)) return [key, redactGenerated(value)];
      if ((key === 'key' && isRequirement(map)) || isKeySelector(key, value)) return [key, value];
      return [key, looksSecret(key) || (namesSecret && key === 'value') ? maskLeaves(value) : redactValue(value)];
    }),
  );
}

// The chart `service` makes this Secret in the cluster; a file has nothing of it but the names of its keys.
function redactGenerated({ keys, ...rest }: Values): unknown {
  return { ...(keys !== undefined && { keys: redactValue(keys) }), ...(maskLeaves(rest) as Values) };
}

// Kubernetes calls the names of labels and taints keys, too.
function isRequirement({ operator, effect }: Values): boolean {
  return (
    /^(In|NotIn|Exists|DoesNotExist|Equal|Gt|Lt)$/.test(String(operator)) ||
    /^(NoSchedule|PreferNoSchedule|NoExecute)$/.test(String(effect))
  );
}

/** `secretKeyRef: { name, key }`, `password: { name, key }`: a Secret and the name of a key in it. */
function isKeySelector(key: string, value: unknown): boolean {
  if (!(looksSecret(key) || /(ref|selector)$/i.test(key)) || !isMap(value)) return false;
  const { name, key: itsKey, optional = false, ...rest } = value;
  return (
    typeof name === 'string' &&
    typeof itsKey === 'string' &&
    typeof optional === 'boolean' &&
    Object.keys(rest).length === 0 &&
    secretReference.test(`${name}/${itsKey}`)
  );
}

function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redactValue);
  return isMap(value) ? redactMap(value) : value;
}

function maskLeaves(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskLeaves);
  if (isMap(value)) {
    if (isSecretReference(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, reference.test(key) ? inner : maskLeaves(inner)]),
    );
  }
  // Switches and empty values tell nothing: automountServiceAccountToken: true.
  return value === null || value === '' || typeof value === 'boolean' ? value : mask;
}

function isSecretReference(map: Values): boolean {
  const secret = map['secret'];
  return Object.keys(map).length === 1 && typeof secret === 'string' && secretReference.test(secret);
}
