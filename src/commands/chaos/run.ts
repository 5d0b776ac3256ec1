import { string } from '@oclif/core/args';
import { DrillCommand, drillFlags } from '../../drill-command.js';
import type { DrillResult } from '../../usecases/chaos-run.js';

export default class ChaosRun extends DrillCommand {
  static override summary = 'Run a drill: break something, see who hears of it, take it back, and judge';
  static override description =
    'A drill is named as `platform chaos list` has it, or by the path of a file. Before anything is broken, it is looked whether the drill could prove anything, and the way back is written into the cluster. Exit codes: 0 passed, 7 a weakness was found, 9 inconclusive, 8 not restored, 4 a tool failed, 130 interrupted (and taken back).';
  static override examples = [
    '<%= config.bin %> <%= command.id %> db-down',
    '<%= config.bin %> <%= command.id %> ./drills/queue-away.yaml --dry-run',
    '<%= config.bin %> <%= command.id %> db-down --json --artifacts reports --compare previous',
  ];
  static override args = {
    drill: string({ description: 'name of a drill, or a file', required: true, ignoreStdin: true }),
  };
  static override flags = drillFlags;

  async run(): Promise<DrillResult> {
    const { args, flags } = await this.parse(ChaosRun);
    return this.drill(args.drill, flags);
  }
}
