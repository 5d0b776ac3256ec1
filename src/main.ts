import { Plugin } from '@oclif/core/config';
import { flush } from '@oclif/core/flush';
import { handle } from '@oclif/core/handle';
import { run } from '@oclif/core/run';

/** Runs the command line; `entry` is the URL of the file that was started. */
export async function main(entry: string): Promise<void> {
  try {
    await run(process.argv.slice(2), entry);
    await flush();
  } catch (error) {
    await handle(error as Error);
  }
}

/** What oclif would learn by loading every command; made at build time. */
export async function generateManifest(root: string): Promise<unknown> {
  const plugin = new Plugin({ root, ignoreManifest: true, errorOnManifestCreate: true, respectNoCacheDefault: true });
  await plugin.load();
  return plugin.manifest;
}
