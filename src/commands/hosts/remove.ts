import { BaseCommand } from '../../base-command.js';
import { hostsFlags, yesFlag } from '../../flags/hosts.js';
import { hostsChangeText, hostsResultText } from '../../ui/hosts-text.js';
import { applyHostsChange, planHostsRemoval, unchanged, type HostsResult } from '../../usecases/hosts.js';

export default class HostsRemove extends BaseCommand {
  static override summary = "Take the environment's block out of this machine's hosts file";
  static override description =
    'Works by the name alone, also when the environment and its file are gone. Everything else in the hosts file stays as it is.';
  static override examples = ['<%= config.bin %> <%= command.id %> --environment shop'];
  static override flags = { ...hostsFlags, yes: yesFlag };

  async run(): Promise<HostsResult> {
    const { flags } = await this.parse(HostsRemove);
    const request = { ...flags, hostsFile: flags['hosts-file'], cwd: process.cwd() };
    const change = await planHostsRemoval(request, this.ports);
    if (change.change !== 'none' && !flags.yes) {
      this.say(hostsChangeText(change, this.style));
      const message = `Write this to ${change.file}?`;
      if (!(await this.prompts.confirm({ message, flag: '--yes', initial: true }))) {
        return this.present(unchanged(change), () => 'nothing was changed');
      }
    }
    const result = await applyHostsChange(change, this.ports);
    return this.present(result, () => hostsResultText(result, this.style));
  }
}
