import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { PlatformError } from '../../src/errors.js';
import { createPrompts, isInteractive } from '../../src/ui/prompts.js';
import { FakeScreen } from './screen.js';

const patiently = { timeout: 15_000 };

/** A person at a terminal, who types once the question is there. */
function terminal({ interactive = true, signal }: { interactive?: boolean; signal?: AbortSignal } = {}) {
  const input = new PassThrough();
  const output = new PassThrough();
  let shown = '';
  output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const prompts = createPrompts({ input, output, interactive, ...(signal && { signal }) });
  const whenAsked = async (question: string, act: () => void) => {
    await vi.waitFor(() => {
      expect(shown).toContain(question);
    }, patiently);
    act();
  };
  const type = (question: string, keys: string) => whenAsked(question, () => input.write(keys));
  return { input, prompts, type, whenAsked, shown: () => shown };
}

const target = {
  message: 'Where should it run?',
  flag: '--local or --aws',
  choices: [
    { name: 'here', value: { local: true }, description: 'about 3 minutes' },
    { name: 'on AWS', value: { local: false } },
  ],
};

describe('asking a person', () => {
  it('has one of several chosen with the arrow keys', async () => {
    const { prompts, type } = terminal();
    const [answer] = await Promise.all([prompts.select(target), type('Where should', '\u001b[B\r')]);
    expect(answer).toEqual({ local: false });
  });

  it('starts at the choice that is likely', async () => {
    const { prompts, type } = terminal();
    const initial = target.choices[1]?.value;
    const [answer] = await Promise.all([
      prompts.select({ ...target, ...(initial && { initial }) }),
      type('Where should', '\r'),
    ]);
    expect(answer).toEqual({ local: false });
  });

  it('takes yes and no, and no for nothing', async () => {
    const question = { message: 'Go on?', flag: '--yes' };
    for (const [keys, expected] of [
      ['y\r', true],
      ['\r', false],
    ] as const) {
      const { prompts, type } = terminal();
      expect((await Promise.all([prompts.confirm(question), type('Go on?', keys)]))[0]).toBe(expected);
    }
  });

  it('takes a text, or the one it offers', async () => {
    const question = { message: 'Name?', flag: '--name', initial: 'shop' };
    for (const [keys, expected] of [
      ['lab\r', 'lab'],
      ['\r', 'shop'],
    ] as const) {
      const { prompts, type } = terminal();
      expect((await Promise.all([prompts.input(question), type('Name?', keys)]))[0]).toBe(expected);
    }
  });

  it('asks again until the text is valid', async () => {
    const { prompts, type } = terminal();
    const validate = (text: string) => text === 'ok' || 'must be ok';
    const answer = prompts.input({ message: 'Name?', flag: '--name', validate });
    await type('Name?', 'no\r');
    await type('must be ok', '\u0008\u0008ok\r');
    expect(await answer).toBe('ok');
  });

  it('confirms by the whole name only', async () => {
    const right = terminal();
    await Promise.all([right.prompts.confirmByName('shop'), right.type('Type shop to confirm', 'shop\r')]);
    const wrong = terminal();
    const refused = expect(wrong.prompts.confirmByName('shop', 'Destroy what?')).rejects.toMatchObject({
      code: 'interrupted',
      message: '"shop2" is not shop; nothing was changed',
    });
    await wrong.type('Destroy what?', 'shop2\r');
    await refused;
  });

  it('writes its questions to the stream it was given and to no other', async () => {
    const stdout = new FakeScreen(80, 24);
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => stdout.write(text));
    const { prompts, type } = terminal();
    await Promise.all([prompts.confirm({ message: 'Go on?', flag: '--yes' }), type('Go on?', '\r')]);
    write.mockRestore();
    expect(stdout.raw).toBe('');
  });
});

describe('a question nobody answers', () => {
  const cancelled = { code: 'interrupted', message: 'cancelled; nothing was changed', exitCode: 130 };

  it('is refused without a terminal, naming the flag', async () => {
    const { prompts, shown } = terminal({ interactive: false });
    const refusal: unknown = await prompts.select(target).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PlatformError);
    expect(refusal).toMatchObject({
      code: 'usage',
      message: '"Where should it run?" cannot be asked here: this is not an interactive terminal',
      suggestions: ['answer it with --local or --aws'],
    });
    await expect(prompts.confirmByName('shop')).rejects.toMatchObject({
      suggestions: ['answer it with --confirm shop'],
    });
    expect(shown()).toBe('');
  });

  it('is cancelled by Ctrl-C', async () => {
    const { prompts, type } = terminal();
    const answer = expect(prompts.select(target)).rejects.toMatchObject(cancelled);
    await type('Where should', '\u0003');
    await answer;
  });

  it('is cancelled when the input ends', async () => {
    const { prompts, input, whenAsked } = terminal();
    const answer = expect(prompts.confirm({ message: 'Go on?', flag: '--yes' })).rejects.toMatchObject(cancelled);
    await whenAsked('Go on?', () => input.end());
    await answer;
  });

  it('is cancelled at once when the input has ended before', async () => {
    const { prompts, input } = terminal();
    await once(input.destroy(), 'close');
    await expect(prompts.confirm({ message: 'Go on?', flag: '--yes' })).rejects.toMatchObject(cancelled);
  });

  it('is cancelled with the command', async () => {
    const command = new AbortController();
    const { prompts, whenAsked } = terminal({ signal: command.signal });
    const answer = expect(prompts.select(target)).rejects.toMatchObject(cancelled);
    await whenAsked('Where should', () => {
      command.abort();
    });
    await answer;
  });
});

describe('whether a person can be asked', () => {
  const tty = { isTTY: true };

  it.each([
    [tty, tty, {}, true],
    [tty, tty, { CI: 'false' }, true],
    [tty, tty, { CI: 'true' }, false],
    [tty, tty, { CI: '1' }, false],
    [tty, tty, { TERM: 'dumb' }, false],
    [{}, tty, {}, false],
    [tty, {}, {}, false],
  ])('stdin %j, stderr %j, variables %j: %j', (stdin, stderr, variables, expected) => {
    expect(isInteractive(stdin, stderr, variables)).toBe(expected);
  });
});
