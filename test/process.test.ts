import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PlatformError, type Failure, failureOf } from '../src/errors.js';
import { startTimeOf } from '../src/process-identity.js';
import { backgroundProcesses, pasteable, systemProcesses, type RunOptions } from '../src/process.js';
import { asset } from '../src/paths.js';
import { afterwards, temporaryFolder } from './toolchain/fixture.js';

const processes = systemProcesses();
const sh = (script: string, options?: RunOptions) => processes.run('sh', ['-c', script], options);
const node = (script: string, options?: RunOptions) => processes.run(process.execPath, ['-e', script], options);

async function failureFrom(run: Promise<unknown>): Promise<Failure> {
  const error: unknown = await run.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PlatformError);
  return failureOf(error);
}

/** A signal that aborts as soon as the child says so, which is when it is ready for it. */
function abortOnReady() {
  const interruption = new AbortController();
  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    if (line === 'ready') interruption.abort(new DOMException('interrupted', 'AbortError'));
  };
  return { lines, options: { signal: interruption.signal, onLine } };
}

describe('running a program', () => {
  it('gives back what it wrote and its exit status', async () => {
    expect(await sh('echo out; echo err >&2')).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 0 });
  });

  it('gives it a text on standard input, and end of file where there is none', async () => {
    expect((await sh('cat', { stdin: 'määrä\n' })).stdout).toBe('määrä\n');
    expect((await sh('cat; echo end')).stdout).toBe('end\n');
  });

  it('does not fail when the program leaves its input unread', async () => {
    expect((await sh('exit 0', { stdin: 'x'.repeat(1_000_000) })).exitCode).toBe(0);
  });

  it('adds variables to our own, and takes out those that are undefined', async () => {
    const env = { PLATFORM_TEST: 'here', HOME: undefined };
    const { stdout } = await sh('echo "$PLATFORM_TEST ${HOME-none} ${PATH:+path}"', { env });
    expect(stdout).toBe('here none path\n');
  });

  it('runs it in the folder it was told', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    expect((await sh('ls', { cwd: folder })).stdout).toBe('file\n');
  });

  it('passes arguments on as they are', async () => {
    const args = ['a b', "it's", '$HOME', '', '*'];
    const { stdout } = await processes.run('printf', ['%s\\n', ...args]);
    expect(stdout).toBe(`${args.join('\n')}\n`);
  });
});

describe('following lines', () => {
  const linesOf = async (script: string) => {
    const lines: string[] = [];
    await node(script, {
      onLine: (line, stream) => {
        lines.push(`${stream} ${line}`);
      },
    });
    return lines;
  };

  /** Writes each chunk when the one before has surely been read. */
  const inChunks = (...chunks: string[]) =>
    `const chunks = ${JSON.stringify(chunks)}; (function next() { const c = chunks.shift();
     if (c !== undefined) process.stdout.write(Buffer.from(c, 'latin1'), () => setTimeout(next, 30)); })()`;

  it('hears each whole line of both streams, also a last one without an end', async () => {
    expect(await linesOf('process.stdout.write("one\\n\\ntwo")')).toEqual(['stdout one', 'stdout ', 'stdout two']);
    expect(await linesOf('process.stderr.write("bad\\n")')).toEqual(['stderr bad']);
  });

  it('puts lines together that come in several chunks', async () => {
    expect(await linesOf(inChunks('on', 'e\ntw', 'o\n'))).toEqual(['stdout one', 'stdout two']);
  });

  it('takes CRLF as one line end, also where it is split between chunks', async () => {
    expect(await linesOf(inChunks('one\r\ntwo\r', '\nthree\r\n'))).toEqual([
      'stdout one',
      'stdout two',
      'stdout three',
    ]);
  });

  it('takes a lone carriage return as the end of a line, as progress bars write it', async () => {
    expect(await linesOf(inChunks('10%\r20%\r', '30%\r'))).toEqual(['stdout 10%', 'stdout 20%', 'stdout 30%']);
  });

  it('keeps a character whole whose bytes come in two chunks', async () => {
    expect(await linesOf(inChunks('m\u00c3', '\u00a4\u00c3\u00a4r\u00c3\u00a4\n'))).toEqual(['stdout määrä']);
  });

  it('leaves the output for the result as well', async () => {
    const { stdout } = await sh('echo one; echo two', { onLine: () => undefined });
    expect(stdout).toBe('one\ntwo\n');
  });
});

describe('a program that fails', () => {
  it('is a tool failure with the pasteable command and the exit code', async () => {
    const failure = await failureFrom(sh("echo 'it is broken' >&2; exit 3"));
    expect(failure).toMatchObject({
      code: 'tool',
      exitCode: 4,
      message: 'sh failed with exit code 3',
      command: `sh -c 'echo '\\''it is broken'\\'' >&2; exit 3'`,
      output: 'it is broken',
      facts: { exitCode: 3 },
    });
    expect((await sh(`${failure.command ?? ''} || echo "status $?"`)).stdout).toBe('status 3\n');
  });

  it('is told by the last 20 lines of its standard error', async () => {
    const { output } = await failureFrom(sh('echo out; seq 1 50 >&2; exit 1'));
    expect(output?.split('\n')).toEqual(Array.from({ length: 20 }, (_, n) => String(n + 31)));
  });

  it('is told by its standard output where standard error is empty', async () => {
    expect((await failureFrom(sh('echo "no such release"; exit 1'))).output).toBe('no such release');
  });

  it('is a result where that was asked for', async () => {
    expect(await sh('echo no; exit 7', { allowFailure: true })).toEqual({ stdout: 'no\n', stderr: '', exitCode: 7 });
  });

  it('counts a signal as 128 and its number, as shells do', async () => {
    expect((await failureFrom(sh('kill -TERM $$'))).facts).toEqual({ exitCode: 143 });
    expect((await failureFrom(sh('kill -KILL $$'))).facts).toEqual({ exitCode: 137 });
  });

  it('is a prerequisite when it is not there at all, also where failure is allowed', async () => {
    const failure = await failureFrom(processes.run('/nowhere/no-such-tool', ['--x'], { allowFailure: true }));
    expect(failure).toMatchObject({
      code: 'prerequisite',
      exitCode: 3,
      message: 'no-such-tool could not be started',
      command: '/nowhere/no-such-tool --x',
      causes: ['spawn /nowhere/no-such-tool ENOENT'],
    });
  });

  it('is a prerequisite when it may not be run', async () => {
    const file = join(await temporaryFolder(), 'tool');
    await writeFile(file, '', { mode: 0o644 });
    expect(await failureFrom(processes.run(file, []))).toMatchObject({ code: 'prerequisite' });
  });
});

describe('an aborted signal', () => {
  it('sends SIGINT exactly once and waits for the program to end by itself', async () => {
    const { lines, options } = abortOnReady();
    const script = `trap 'echo interrupted; sleep 0.3; echo cleaned up; exit 1' INT; echo ready; while :; do sleep 0.02; done`;
    const failure = await failureFrom(sh(script, options));
    expect(lines).toEqual(['ready', 'interrupted', 'cleaned up']);
    expect(failure).toMatchObject({ code: 'interrupted', exitCode: 130, message: 'sh was interrupted' });
    expect(failure.output).toContain('cleaned up');
    expect(failure.command).toContain('trap');
  });

  it('lets a program that ignores it end normally', async () => {
    const { options } = abortOnReady();
    const { stdout, exitCode } = await sh(`trap '' INT; echo ready; sleep 0.3; echo finished`, options);
    expect([stdout, exitCode]).toEqual(['ready\nfinished\n', 0]);
  });

  it('counts a program that died of it as interrupted, even where failure is allowed', async () => {
    const { options } = abortOnReady();
    const run = sh('echo ready; exec sleep 60', { ...options, allowFailure: true });
    expect(await failureFrom(run)).toMatchObject({ code: 'interrupted' });
  });

  it('sends SIGTERM instead where the program wants that', async () => {
    const { lines, options } = abortOnReady();
    const script = `trap 'echo int; exit 1' INT; trap 'echo term; exit 1' TERM; echo ready; while :; do sleep 0.02; done`;
    await failureFrom(sh(script, { ...options, interruptWith: 'SIGTERM' }));
    expect(lines).toEqual(['ready', 'term']);
  });

  it('starts nothing when it was aborted before', async () => {
    const started: number[] = [];
    const listened = systemProcesses({ started: ({ pid }) => started.push(pid) });
    const run = listened.run('sh', ['-c', 'exit 0'], { signal: AbortSignal.abort(new Error('too late')) });
    await expect(run).rejects.toThrow('too late');
    expect(started).toEqual([]);
  });
});

describe('a child', () => {
  it('has a process group of its own, so that a Ctrl-C for us does not reach it', async () => {
    const { stdout } = await sh(`ps -o pgid= -p $$; echo $$`);
    const [group, pid] = stdout.trim().split(/\s+/);
    expect(group).toBe(pid);
  });

  it('lives on when our whole group is interrupted', async () => {
    // A program of its own stands for us: it is the leader of its group, as under a shell.
    const program = `
      import { systemProcesses } from ${JSON.stringify(new URL('../src/process.ts', import.meta.url).href)};
      process.on('SIGINT', () => console.log('we heard it'));
      const script = 'trap "echo child heard it" INT; echo ready; sleep 3; echo child finished';
      await systemProcesses().run('sh', ['-c', script], {
        onLine: (line) => {
          console.log(line);
          if (line === 'ready') process.kill(-process.pid, 'SIGINT');
        },
      });`;
    const tsx = import.meta.resolve('tsx');
    const { stdout } = await processes.run(process.execPath, ['--import', tsx, '--input-type=module', '-e', program]);
    expect(stdout.trim().split('\n')).toEqual(['ready', 'we heard it', 'child finished']);
  });

  it('is made known with what identifies it, when it starts and when it ends', async () => {
    const seen: unknown[] = [];
    let identified: string | undefined;
    const listened = systemProcesses({
      started: (child) => {
        identified = startTimeOf(child.pid);
        seen.push(child);
      },
      finished: (child) => seen.push(child),
    });
    const { stdout } = await listened.run('sh', ['-c', 'echo $$; sleep 0.3; exit 5'], { allowFailure: true });
    const pid = Number(stdout);
    expect(seen).toEqual([
      { pid, startedAt: identified, command: `sh -c 'echo $$; sleep 0.3; exit 5'` },
      { pid, exitCode: 5 },
    ]);
    expect(identified).toBeDefined();
  });
});

describe('a pasteable command', () => {
  it.each([
    [['helm', 'upgrade', '--install', 'a=b,c', './x/y.tgz'], 'helm upgrade --install a=b,c ./x/y.tgz'],
    [['echo', 'two words', ''], "echo 'two words' ''"],
    [['echo', "it's", '$HOME', '`x`', '*'], "echo 'it'\\''s' '$HOME' '`x`' '*'"],
    [['echo', 'määrä', 'a\nb', '~'], "echo 'määrä' 'a\nb' '~'"],
  ])('quotes what a shell would touch: %j', async ([command = '', ...args], text) => {
    expect(pasteable(command, args)).toBe(text);
    if (command !== 'echo') return;
    expect((await sh(`printf '%s|' ${pasteable('', args).slice(3)}`)).stdout).toBe(
      args.map((arg) => `${arg}|`).join(''),
    );
  });
});

describe('starting a program in the background', () => {
  const textOf = (file: string) => readFile(file, 'utf8').catch(() => '');

  it('does not wait for it, and appends all it says to a file', async () => {
    const folder = await temporaryFolder();
    const log = join(folder, 'logs', 'it.log');
    const script = 'echo "$WORD from $PWD"; echo problem >&2; exec sleep 600';

    const start = () =>
      backgroundProcesses.start('sh', ['-c', script], { cwd: folder, log, env: { WORD: 'greetings' } });
    for (const pid of [await start(), await start()]) afterwards(() => Promise.resolve(process.kill(pid, 'SIGKILL')));

    const said = `greetings from ${folder}\nproblem\n`;
    await expect.poll(async () => (await textOf(log)).length).toBe(2 * said.length);
    expect((await textOf(log)).split('\n').sort()).toEqual(`${said}${said}`.split('\n').sort());
  });

  it('lets it go on, and write, when what started it has ended', async () => {
    const folder = await temporaryFolder();
    const log = join(folder, 'it.log');
    const script = `trap "" HUP; echo $$; while [ ! -e '${folder}/go' ]; do sleep 0.05; done; echo went on; exec sleep 600`;
    const starter = `import { backgroundProcesses } from '${asset('src/process.ts')}';
      await backgroundProcesses.start('sh', ['-c', process.argv[1]], { cwd: '/', log: process.argv[2] });`;

    await processes.run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', starter, script, log]);
    await expect.poll(() => textOf(log)).toMatch(/^\d+\n$/);
    const pid = Number(await textOf(log));
    afterwards(() => Promise.resolve(process.kill(pid, 'SIGKILL')));
    await writeFile(join(folder, 'go'), '');

    await expect.poll(() => textOf(log)).toContain('went on');
  });

  it('says which program could not be started', async () => {
    const folder = await temporaryFolder();
    const failure = await failureFrom(
      backgroundProcesses.start('/nowhere/prometheus', ['--x'], { cwd: folder, log: join(folder, 'it.log') }),
    );
    expect(failure).toMatchObject({
      code: 'prerequisite',
      message: 'prometheus could not be started',
      command: '/nowhere/prometheus --x',
    });
  });
});
