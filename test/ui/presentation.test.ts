import { describe, expect, it } from 'vitest';
import { isVerbose, outputOf, wantsColor } from '../../src/ui/presentation.js';

const words = (line: string) => line.split(' ');

describe('the output', () => {
  it.each([
    ['status', {}, 'text'],
    ['status --json', {}, 'json'],
    ['status --output json', {}, 'json'],
    ['status --output=ndjson', {}, 'ndjson'],
    ['status', { PLATFORM_OUTPUT: 'ndjson' }, 'ndjson'],
    ['status --output text', { PLATFORM_OUTPUT: 'json' }, 'text'],
    ['status --output json --json', {}, 'json'],
    ['status --output', {}, 'text'],
    ['status --output xml', {}, 'text'],
    ['status', { PLATFORM_OUTPUT: 'xml' }, 'text'],
    ['logs -- --json', {}, 'text'],
  ] as const)('of "%s" with %j is %s', (line, variables, output) => {
    expect(outputOf(words(line), variables)).toBe(output);
  });
});

describe('colours', () => {
  it('are for what goes to a terminal, and not for what goes to a file beside it', () => {
    expect(wantsColor([], {}, { isTTY: true })).toBe(true);
    expect(wantsColor([], {}, { isTTY: false })).toBe(false);
    expect(wantsColor([], {}, {})).toBe(false);
    expect(wantsColor([], { TERM: 'dumb' }, { isTTY: true })).toBe(false);
  });

  it.each([
    ['', { NO_COLOR: '1' }, false],
    ['', { NO_COLOR: '' }, true],
    ['', { PLATFORM_COLOR: '0' }, false],
    ['--no-color', { PLATFORM_COLOR: '1' }, false],
    ['--color', { NO_COLOR: '1' }, true],
    ['-- --no-color', {}, true],
  ] as const)('on a terminal with "%s" and %j: %s', (line, variables, wanted) => {
    expect(wantsColor(words(line), variables, { isTTY: true })).toBe(wanted);
  });
});

describe('more words', () => {
  it.each([
    ['up --verbose', {}, true],
    ['up -v', {}, true],
    ['up -nv', {}, true],
    ['up -vn', {}, true],
    ['up', { PLATFORM_VERBOSE: '1' }, true],
    ['up', { PLATFORM_VERBOSE: 'false' }, false],
    ['up', {}, false],
    ['up -fv', {}, false],
    ['up -n', {}, false],
  ] as const)('are wanted by "%s" with %j: %s', (line, variables, wanted) => {
    expect(isVerbose(words(line), variables)).toBe(wanted);
  });
});
