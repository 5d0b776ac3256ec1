import { describe, expect, it } from 'vitest';
import { exitCodes, failureOf, isAbort, messageOf, PlatformError, systemCode } from '../src/errors.js';
import { RunFailure } from '../src/run-failure.js';

const withCode = (code: string, message = code, cause?: Error) =>
  Object.assign(new Error(message, { cause }), { code });

describe('exit codes', () => {
  it('differ from each other and from those a shell gives a meaning', () => {
    const codes = Object.values(exitCodes);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code === 130 || (code > 0 && code < 126), String(code)).toBe(true);
  });

  it('are those that are written down', () => {
    expect(exitCodes).toEqual({
      unexpected: 1,
      usage: 2,
      prerequisite: 3,
      tool: 4,
      conflict: 5,
      timeout: 6,
      weakness: 7,
      leftBehind: 8,
      inconclusive: 9,
      changes: 10,
      interrupted: 130,
    });
  });
});

describe('a failure', () => {
  it('has all that the error knows, and no empty places', () => {
    const error = new PlatformError('tool', 'helm failed', {
      suggestions: ['try again'],
      output: 'no space',
      command: 'helm upgrade',
      facts: { exitCode: 1 },
      cause: new Error('outer', { cause: new Error('inner') }),
    });
    expect(failureOf(error)).toEqual({
      code: 'tool',
      exitCode: 4,
      message: 'helm failed',
      suggestions: ['try again'],
      output: 'no space',
      command: 'helm upgrade',
      facts: { exitCode: 1 },
      causes: ['outer', 'inner'],
    });
    expect(Object.keys(failureOf(new PlatformError('usage', 'no')))).toEqual(['code', 'exitCode', 'message']);
  });

  it('survives JSON as it is', () => {
    const failure = failureOf(new PlatformError('conflict', 'taken', { facts: { pid: 7 } }));
    expect(JSON.parse(JSON.stringify(failure))).toEqual(failure);
  });

  it('is unexpected for an error nobody foresaw, with its causes: fetch says all it knows there', () => {
    const error = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    expect(failureOf(error)).toEqual({
      code: 'unexpected',
      exitCode: 1,
      message: 'fetch failed',
      causes: ['connect ECONNREFUSED'],
    });
    expect(failureOf('a text')).toEqual({ code: 'unexpected', exitCode: 1, message: 'a text' });
  });

  it.each(['ENOSPC', 'EDQUOT'])('is a prerequisite with a way out for a full disk (%s)', (code) => {
    const failure = failureOf(new Error('could not write', { cause: withCode(code) }));
    expect(failure).toMatchObject({
      code: 'prerequisite',
      exitCode: 3,
      suggestions: [expect.stringContaining('free')],
    });
  });

  it('of a run is the one that decided on its end, with the result', () => {
    const failure = failureOf(new PlatformError('tool', 'helm failed', { cause: new Error('no space') }));
    const error = new RunFailure(failure, { environment: 'shop' });
    expect(error).toMatchObject({ failure, result: { environment: 'shop' }, exitCode: 4, message: 'helm failed' });
  });
});

describe('an abort', () => {
  it.each([
    new DOMException('interrupted', 'AbortError'),
    Object.assign(new Error('closed'), { name: 'ExitPromptError' }),
    Object.assign(new Error('aborted'), { name: 'AbortPromptError' }),
    new PlatformError('interrupted', 'helm was interrupted'),
  ])('is seen in $name: $message', (error) => {
    expect(isAbort(error)).toBe(true);
    expect(failureOf(error)).toMatchObject({ code: 'interrupted', exitCode: 130 });
  });

  it('is not a time-out, another failure or something that is no error', () => {
    const others = [
      new DOMException('late', 'TimeoutError'),
      new PlatformError('timeout', 'late'),
      new Error('x'),
      'AbortError',
    ];
    expect(others.map(isAbort)).toEqual([false, false, false, false]);
  });

  it('is what a real aborted signal throws', () => {
    const { reason } = AbortSignal.abort() as { reason: unknown };
    expect(isAbort(reason)).toBe(true);
  });
});

describe('the code of the system', () => {
  it('is found on the error or on what caused it', () => {
    expect(systemCode(withCode('ENOENT'))).toBe('ENOENT');
    expect(systemCode(new Error('outer', { cause: new Error('middle', { cause: withCode('EACCES') }) }))).toBe(
      'EACCES',
    );
  });

  it('is that of the cause where one of our errors is around it', () => {
    expect(systemCode(new PlatformError('conflict', 'x', { cause: withCode('EEXIST') }))).toBe('EEXIST');
    expect(systemCode(new PlatformError('conflict', 'x'))).toBeUndefined();
  });

  it('is nothing for what is no error of the system', () => {
    expect([new Error('x'), 'ENOENT', undefined, Object.assign(new Error('x'), { code: 5 })].map(systemCode)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('the message of what was thrown', () => {
  it('is a text, whatever it was', () => {
    expect([new Error('a'), 'b', 3, undefined].map(messageOf)).toEqual(['a', 'b', '3', 'undefined']);
  });
});
