import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { hostsFlags, hostsSourceFlags, yesFlag } from '../../flags/hosts.js';
import { RunFailure } from '../../run-failure.js';
import { hostsChangeText, hostsResultText } from '../../ui/hosts-text.js';
import {
  applyHostsChange,
  conflictFailure,
  planHostsBlock,
  unchanged,
  type HostsResult,
} from '../../usecases/hosts.js';

export default class HostsApply extends BaseCommand {
  static override summary = "Write the names that the environment serves into this machine's hosts file";
  static override description =
    'As a marked block of its own; everything else in the file stays as it is. Shows what it will write, and asks. Names below localhost are written only where this machine does not find them by itself.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --environment shop --yes',
    '<%= config.bin %> <%= command.id %> --print',
  ];
  static override flags = {
    ...hostsFlags,
    ...hostsSourceFlags,
    yes: yesFlag,
    print: boolean({ summary: 'print the block and write nothing', env: 'PLATFORM_PRINT' }),
  };

  async run(): Promise<HostsResult> {
    const { flags } = await this.parse(HostsApply);
    const request = { ...flags, parts: flags.with, hostsFile: flags['hosts-file'], cwd: process.cwd() };
    const change = await planHostsBlock(request, this.ports);
    if (flags.print) {
      return this.present(unchanged(change), ({ block }) => block);
    }
    if (change.change !== 'none' && !flags.yes) {
      this.say(hostsChangeText(change, this.style));
      const message = `Write this to ${change.file}?`;
      if (!(await this.prompts.confirm({ message, flag: '--yes', initial: true }))) {
        return this.present(unchanged(change), () => 'nothing was changed');
      }
    }
    const result = await applyHostsChange(change, this.ports);
    this.present(result, () => hostsResultText(result, this.style));
    const failure = conflictFailure(result);
    if (failure) throw new RunFailure(failure, result);
    return result;
  }
}
