import { PlatformError, type Failure } from './errors.js';

/**
 * A run that did not get through. Its summary has been shown already, so only the exit code and the JSON document are
 * left to be given.
 */
export class RunFailure extends PlatformError {
  constructor(
    readonly failure: Failure,
    readonly result: unknown,
  ) {
    super(failure.code, failure.message);
  }
}
