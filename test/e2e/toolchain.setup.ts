import { spawn } from 'node:child_process';
import { asset } from '../../src/paths.js';
import type { ToolName } from '../../src/toolchain/pins.js';

const needed: readonly ToolName[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'kwokctl',
  'metrics-server',
  'helm',
  'kube-state-metrics',
  'prometheus',
  'alertmanager',
  'promtool',
  'amtool',
  'hey',
];

/**
 * Before all e2e tests: builds the program and lets it bring its tools into the user's own cache. That takes about a
 * quarter of an hour where they have to be built, and no time from then on.
 */
export default async function setup(): Promise<void> {
  await run('sh', [asset('bin', 'prepare')]);
  // A line for everything that happens, so that the log of a CI job shows life.
  await run(process.execPath, [asset('bin', 'run.js'), 'tools', 'install', ...needed, '--verbose']);
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 2, 2] });
    child.on('error', reject);
    child.on('close', (exitCode) => {
      if (exitCode === 0) resolve();
      else reject(new Error(`${[command, ...args].join(' ')} ended with exit code ${String(exitCode)}`));
    });
  });
}
