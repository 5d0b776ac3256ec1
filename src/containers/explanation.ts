import type { ErrorCode } from '../errors.js';
import type { EngineName } from './engine.js';

/** What was being done when an engine failed. */
export interface EngineAction {
  readonly engine: EngineName;
  /** `remove the network kind`: what could not be done. */
  readonly what: string;
  /** The image it was about, if one. */
  readonly image?: string | undefined;
}

/** An engine's failure in words a person can act on. */
export interface Explanation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly suggestions: readonly string[];
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Knows one failure by what the engine said; `undefined` for any other. */
export type Explain = (words: string, action: EngineAction) => Explanation | undefined;
