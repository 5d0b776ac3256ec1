import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '@oclif/core/command';
import { describe, expect, it } from 'vitest';
import { BaseCommand } from '../../src/base-command.js';

const folder = fileURLToPath(new URL('../../src/commands/', import.meta.url));
const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts')).sort();

/** Letters are scarce, and the same everywhere: file, blueprint, environment, dry run, verbose, help, version. */
const letters = ['f', 'b', 'e', 'n', 'v', 'h', 'V'];

const commands = await Promise.all(
  files.map(async (file) => {
    const { default: command } = (await import(join(folder, file))) as { default: typeof Command };
    const name = file.replace(/\.ts$/, '').replaceAll('/', ' ');
    // `--json` is oclif's own; its variable is PLATFORM_OUTPUT.
    const flags = Object.entries({ ...command.baseFlags, ...command.flags }).filter(([flag]) => flag !== 'json');
    return { name, command, flags, args: Object.entries(command.args) };
  }),
);

describe('the commands', () => {
  it('are all found', () => {
    expect(commands.map(({ name }) => name)).toEqual(expect.arrayContaining(['up', 'destroy', 'tools install']));
  });
});

describe.each(commands)('platform $name', ({ command, flags, args }) => {
  const texts = command.examples.map((example) => (typeof example === 'string' ? example : example.command));

  it('says what it does in a line and in more words', () => {
    expect(command.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(command.description).toMatch(/^\S.*[.]$/s);
    expect(command.description).not.toBe(command.summary);
  });

  it('has examples, in long flags that exist, which show one of its own where it has any', () => {
    expect(texts.length).toBeGreaterThan(0);
    const used = texts.flatMap((text) => text.split(' ').filter((word) => word.startsWith('-')));
    const known = new Set([...flags.map(([flag]) => `--${flag}`), '--json']);
    for (const word of used) expect(known).toContain(word.split('=')[0]);
    if (Object.keys({ ...command.flags }).length > 0) expect(used.length).toBeGreaterThan(0);
  });

  it('gives every flag a summary and an environment variable of its name', () => {
    for (const [name, flag] of flags) {
      expect(flag.summary, name).toMatch(/\S/);
      expect(flag.env, name).toBe(`PLATFORM_${name.toUpperCase().replaceAll('-', '_')}`);
    }
  });

  it('has no short flags but those that mean the same everywhere', () => {
    for (const [name, flag] of flags) if (flag.char !== undefined) expect(letters, name).toContain(flag.char);
  });

  it('describes its arguments, and never takes them from a pipe', () => {
    for (const [name, arg] of args) {
      expect(arg.description, name).toMatch(/\S/);
      expect(arg.ignoreStdin, name).toBe(true);
    }
  });

  it('is one of ours: JSON, outputs and errors as everywhere', () => {
    expect(command.prototype).toBeInstanceOf(BaseCommand);
    expect(command.enableJsonFlag).toBe(true);
    expect(flags.map(([name]) => name)).toEqual(expect.arrayContaining(['output', 'color', 'verbose']));
  });
});
