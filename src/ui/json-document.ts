import type { Failure } from '../errors.js';
import type { Output } from './presentation.js';

/** Version of the JSON documents; new keys may appear in it, none is removed or changes its type. */
const schemaVersion = 1;

/** What a command that succeeded prints. */
export function successDocument(result: unknown): unknown {
  return { schemaVersion, ok: true, result };
}

/** What a command that failed prints; with its result, where a run had one. */
export function failureDocument(error: Failure, more: { readonly result?: unknown } = {}): unknown {
  return { schemaVersion, ok: false, error, ...more };
}

/** A document as text: readable, but one line at the end of a stream of lines. */
export function documentText(document: unknown, output: Output): string {
  return `${JSON.stringify(document, null, output === 'ndjson' ? undefined : 2)}\n`;
}
