import { string } from '@oclif/core/args';
import { BaseCommand } from '../../base-command.js';
import { PlatformError } from '../../errors.js';
import type { StepResult } from '../../plan/events.js';
import { toolNameFrom } from '../../toolchain/pins.js';
import { createToolchain } from '../../toolchain/toolchain.js';
import { table } from '../../ui/table.js';
import { installTools } from '../../usecases/tools.js';

export default class ToolsInstall extends BaseCommand {
  static override summary = 'Bring tools into the cache ahead of time';
  static override description =
    'Each tool is looked for on PATH and in the cache, else downloaded from its publisher and verified, else built from its Go module. Without names, all that can be brought.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> helm kubectl',
  ];
  static override strict = false;
  static override args = { tool: string({ description: 'names of tools', ignoreStdin: true }) };

  async run(): Promise<{ readonly tools: readonly StepResult[] }> {
    const { argv } = await this.parse(ToolsInstall);
    const names = argv.map((name) => toolNameFrom(String(name)));
    this.follow();
    const results = await installTools(names, createToolchain(this.ports), this.ports);
    await this.stopFollowing();
    const failed = results.find(({ failure }) => failure)?.failure;
    if (failed) {
      throw new PlatformError(failed.code, failed.message, {
        ...(failed.output !== undefined && { output: failed.output }),
        ...(failed.suggestions && { suggestions: failed.suggestions }),
        ...(failed.facts && { facts: failed.facts }),
      });
    }
    if (results.some(({ outcome }) => outcome === 'interrupted')) throw new PlatformError('interrupted', 'interrupted');
    return this.present({ tools: results }, () => table(results.map(({ detail, title }) => [title, detail ?? ''])));
  }
}
