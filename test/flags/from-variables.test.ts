import { Parser } from '@oclif/core';
import { string } from '@oclif/core/flags';
import { afterEach, describe, expect, it } from 'vitest';
import { environmentFlags, selectionFlags } from '../../src/flags/environment.js';
import { separated } from '../../src/flags/from-variables.js';

const definitions = { ...environmentFlags, ...selectionFlags, plain: string() };
const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

/** The flags of a command line, as a command gets them while these variables are set. */
async function parsed(words: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  Object.assign(process.env, variables);
  const { flags } = await Parser.parse([...words], { flags: definitions, args: {}, strict: false });
  return separated(flags, definitions);
}

describe('flags that may be given several times', () => {
  it('are lists when a variable gives them, too', async () => {
    const flags = await parsed([], {
      PLATFORM_WITH: 'logging, tracing',
      PLATFORM_ONLY: 'auth',
      PLATFORM_SET: 'auth.motd=one, two\nauth.replicas=2\n',
    });
    expect(flags).toMatchObject({
      with: ['logging', 'tracing'],
      only: ['auth'],
      set: ['auth.motd=one, two', 'auth.replicas=2'],
    });
  });

  it('are what was typed where anything was, in both ways of writing', async () => {
    const flags = await parsed(['--with', 'logging,tracing', '--with=slack', '--plain', 'a,b'], { PLATFORM_WITH: 'x' });
    expect(flags).toMatchObject({ with: ['logging', 'tracing', 'slack'], plain: 'a,b' });
  });

  it('are absent where nobody says anything', async () => {
    expect((await parsed([])).with).toBeUndefined();
  });

  it('take no argument after them for a part', async () => {
    expect((await parsed(['--with', 'logging', 'loki'])).with).toEqual(['logging']);
  });
});
