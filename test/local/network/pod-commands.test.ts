import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectTo, inPod, listenOn } from '../../../src/local/network/pod-commands.js';
import { systemProcesses } from '../../../src/process.js';

const isMissing = (program: string) => spawnSync(program, ['--version']).error !== undefined;
const missing = ['bash', 'perl', 'timeout', 'grep'].filter(isMissing);
const hasProc = process.platform === 'linux';

const run = async (command: readonly string[]) => {
  const [program = '', ...args] = command;
  return (await systemProcesses().run(program, args)).stdout.trim();
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function untilPassed(port: number): Promise<string> {
  const answer = await run(connectTo('127.0.0.1', port));
  return answer === 'passed' ? answer : untilPassed(port);
}

describe.skipIf(missing.length > 0)('the programs that are run in the network of a pod', () => {
  it('listen, greet, and end with a connection from the pod itself', async () => {
    const port = await freePort();
    const listening = run(listenOn(port, 30));
    expect(await untilPassed(port)).toBe('passed');
    expect(await listening).toBe('');
    expect(await run(connectTo('127.0.0.1', port))).toBe('blocked');
  });

  it('end by themselves when nobody ends them', async () => {
    expect(await run(listenOn(await freePort(), 1))).toBe('');
  });

  it('say that they cannot listen', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await expect(run(listenOn(port, 5))).rejects.toMatchObject({ output: 'bind: Address already in use' });
    await new Promise((resolve) => server.close(resolve));
  });

  it('are not taken in by somebody else who listens', async () => {
    const server = createServer((socket) => socket.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    expect(await run(connectTo('127.0.0.1', typeof address === 'object' ? (address?.port ?? 0) : 0))).toBe('blocked');
    await new Promise((resolve) => server.close(resolve));
  });

  it.runIf(hasProc)('are refused for a pod that does not run here', async () => {
    const uid = '00000000-dead-beef-0000-000000000000';
    await expect(run(inPod(uid, ['true']))).rejects.toMatchObject({ output: `no process of pod ${uid} runs here` });
  });
});
