import type { TestContext } from 'vitest';
import { systemClock } from '../src/clock.js';
import { pathsFrom } from '../src/paths.js';
import { systemProcesses } from '../src/process.js';
import type { ToolName } from '../src/toolchain/pins.js';
import { createToolchain } from '../src/toolchain/toolchain.js';

const toolchain = createToolchain({
  processes: systemProcesses(),
  clock: systemClock,
  paths: pathsFrom(process.env),
  variables: process.env,
});

/**
 * The path of a tool that the product itself would use (the e2e tests bring all of them): `await tool('promtool')`.
 * PLATFORM_TEST_PROMTOOL names another one. Rejects where it is not installed: see {@link skipWithout}.
 */
export async function tool(name: ToolName): Promise<string> {
  const path = await find(name);
  if (path === undefined) throw new Error(`${name} is not installed: the test should have been skipped`);
  return path;
}

/** For `beforeEach`: skips, with the reason, where a tool is not installed. */
export function skipWithout(...names: readonly ToolName[]): (context: TestContext) => Promise<void> {
  return async (context) => {
    for (const name of names) {
      context.skip((await find(name)) === undefined, `${name} is not installed: \`platform tools install ${name}\``);
    }
  };
}

async function find(name: ToolName): Promise<string | undefined> {
  const given = process.env[`PLATFORM_TEST_${name.toUpperCase().replaceAll('-', '_')}`];
  return given ?? (await toolchain.find(name))?.path;
}
