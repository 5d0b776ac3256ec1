import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.js';
import { freePorts } from '../../src/clusters/embedded/free-ports.js';
import { poll } from '../../src/poll.js';
import { systemProcesses } from '../../src/process.js';
import { tool } from '../installed-tool.js';
import { afterwards } from '../toolchain/fixture.js';

const startWithinMs = 15_000;

/** Starts a real Prometheus or Alertmanager with these files beside it, until the test is over. Resolves to its URL. */
export async function realProgram(
  name: 'prometheus' | 'alertmanager',
  files: (port: number) => Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `platform-${name}-`));
  const [port = 0] = await freePorts(1);
  await Promise.all(Object.entries(files(port)).map(([file, text]) => writeFile(join(folder, file), text)));
  const address = `127.0.0.1:${String(port)}`;
  const args = {
    prometheus: ['--storage.tsdb.path=data'],
    alertmanager: ['--storage.path=data', '--cluster.listen-address='],
  }[name];
  const stop = new AbortController();
  const ended = systemProcesses().run(
    await tool(name),
    [`--config.file=${name}.yml`, `--web.listen-address=${address}`, ...args],
    { cwd: folder, signal: stop.signal, interruptWith: 'SIGTERM', allowFailure: true },
  );
  // Interrupted is how it is to end.
  const over = ended.then(
    ({ stderr }) => stderr,
    () => '',
  );
  afterwards(async () => {
    stop.abort();
    await over;
    await rm(folder, { recursive: true, force: true });
  });
  await poll(AbortSignal.timeout(startWithinMs), systemClock, 50, async () => {
    const answer = await fetch(`http://${address}/-/ready`).catch(() => undefined);
    return answer?.ok ? true : undefined;
  });
  return `http://${address}/`;
}
