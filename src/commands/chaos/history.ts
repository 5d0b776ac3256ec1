import { string } from '@oclif/core/args';
import { BaseCommand } from '../../base-command.js';
import { environmentFlag } from '../../flags/environment.js';
import { historyText } from '../../ui/history-text.js';
import { chaosHistory, type ChaosHistoryResult } from '../../usecases/chaos-history.js';
import { findEnvironment } from '../../usecases/find-environment.js';
import { open } from '../../usecases/open.js';

export default class ChaosHistory extends BaseCommand {
  static override summary = 'List the runs of drills that are kept on this machine, the newest first';
  static override description =
    'The newest 50 of each environment, also those that were killed: what their journals tell, and how to take back what they left.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> db-down --environment shop',
  ];
  static override args = { drill: string({ description: 'only runs of this drill', ignoreStdin: true }) };
  static override flags = { environment: environmentFlag };

  async run(): Promise<ChaosHistoryResult> {
    const { args, flags } = await this.parse(ChaosHistory);
    const found = await findEnvironment(flags.environment, process.cwd(), this.ports);
    const { assembly } = await open(found, this.ports);
    const result = await chaosHistory(assembly.stateFolder, args.drill === undefined ? {} : { drill: args.drill });
    return this.present(result, ({ runs }) => historyText(runs, this.style, this.columns));
  }
}
