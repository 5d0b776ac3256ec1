import { BaseCommand } from '../base-command.js';
import { environmentFlag } from '../flags/environment.js';
import { statusText } from '../ui/status-text.js';
import { findEnvironment } from '../usecases/find-environment.js';
import { status, type StatusResult } from '../usecases/status.js';

export default class Status extends BaseCommand {
  static override summary = 'Show how the environment is, and what to do next';
  static override description = 'Asks the cluster, not a file: nodes, releases, gates, addresses, and who is at work.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --environment shop --json',
  ];
  static override flags = { environment: environmentFlag };

  async run(): Promise<StatusResult> {
    const { flags } = await this.parse(Status);
    const found = await findEnvironment(flags.environment, process.cwd(), this.ports);
    const result = await status(found, this.ports);
    return this.present(result, () => statusText(result, this.style, this.ports.clock.now()));
  }
}
