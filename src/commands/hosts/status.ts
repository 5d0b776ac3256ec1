import { BaseCommand } from '../../base-command.js';
import { hostsFlags } from '../../flags/hosts.js';
import { hostsStatusText } from '../../ui/hosts-text.js';
import { hostsStatus, type HostsStatus } from '../../usecases/hosts.js';

export default class HostsStatusCommand extends BaseCommand {
  static override summary =
    "Show which of the environment's names lead to this machine, and which are in its hosts file";
  static override description = 'Asks as other programs do: hosts file, then name servers. Changes nothing.';
  static override examples = ['<%= config.bin %> <%= command.id %> --environment shop'];
  static override flags = hostsFlags;

  async run(): Promise<HostsStatus> {
    const { flags } = await this.parse(HostsStatusCommand);
    const request = { ...flags, hostsFile: flags['hosts-file'], cwd: process.cwd() };
    const result = await hostsStatus(request, this.ports);
    return this.present(result, () => hostsStatusText(result, this.style));
  }
}
