import { PlatformError } from '../errors.js';
import { engineExplanations } from './engine-explanations.js';
import { wordsOf } from './engine-words.js';
import type { EngineAction } from './explanation.js';
import { imageExplanations } from './image-explanations.js';

const explanations = [...engineExplanations, ...imageExplanations];

/**
 * An engine's failure in words a person can act on.
 * @param words what the engine said about it: of a build only its last word, since a build says other things too
 */
export function explainEngineFailure(error: PlatformError, action: EngineAction, words: string): PlatformError {
  if (error.code !== 'tool') return error;
  const explanation = explanations.map((explain) => explain(words, action)).find((found) => found !== undefined) ?? {
    code: 'tool' as const,
    message: `${action.engine} could not ${action.what}: ${wordsOf(words) || error.message}`,
    suggestions: [],
  };
  return new PlatformError(explanation.code, explanation.message, {
    suggestions: explanation.suggestions,
    ...(error.output !== undefined && { output: error.output }),
    ...(error.command !== undefined && { command: error.command }),
    facts: { ...error.facts, ...explanation.facts },
    cause: error,
  });
}
