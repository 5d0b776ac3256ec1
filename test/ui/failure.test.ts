import { describe, expect, it } from 'vitest';
import { failureOf, PlatformError } from '../../src/errors.js';
import { failureText } from '../../src/ui/failure.js';
import { createStyle } from '../../src/ui/style.js';

const style = createStyle({ color: false });

describe('a failure as text', () => {
  it('says what failed, why, with which command, and what to do next', () => {
    const failure = failureOf(
      new PlatformError('tool', 'helm failed with exit code 1', {
        command: "helm upgrade --install traefik 'a b.tgz'",
        output: '\u001b[31mError: timed out\u001b[39m\r\n\r\n  waiting for pods\n',
        suggestions: ['look at the events: platform logs traefik', 'run the same command again'],
        cause: new Error('spawn helm', { cause: new Error('EAGAIN') }),
      }),
    );
    expect(failureText(failure, style)).toBe(
      [
        '✗ helm failed with exit code 1',
        '  because: spawn helm',
        '  because: EAGAIN',
        '  | Error: timed out',
        '  |',
        '  |   waiting for pods',
        "  $ helm upgrade --install traefik 'a b.tgz'",
        '  → look at the events: platform logs traefik',
        '  → run the same command again',
      ].join('\n'),
    );
  });

  it('is one line where there is nothing more to say', () => {
    const failure = failureOf(new PlatformError('conflict', 'port 5001 is in use by nginx (pid 123)'));
    expect(failureText(failure, style, 'registry')).toBe('✗ registry: port 5001 is in use by nginx (pid 123)');
  });

  it('keeps lists of problems under the message, and does not repeat a cause that the message names', () => {
    const failure = failureOf(
      new PlatformError('usage', 'shop.yaml has 2 problems: bad yaml\nline 3: name\nline 5: kind', {
        cause: new Error('bad yaml'),
      }),
    );
    expect(failureText(failure, style)).toBe('✗ shop.yaml has 2 problems: bad yaml\n  line 3: name\n  line 5: kind');
  });

  it('asks for a report of what nobody expected', () => {
    expect(failureText(failureOf(new TypeError('x is not a function')), style)).toBe(
      '✗ x is not a function\n  → this looks like a bug in platform; "platform support-bundle" collects what a report needs',
    );
  });

  it('presents an interruption softly', () => {
    const failure = failureOf(new PlatformError('interrupted', 'cancelled; nothing was changed'));
    expect(failureText(failure, style)).toBe('! cancelled; nothing was changed');
  });
});
