import { DrillCommand, drillFlags } from '../../drill-command.js';
import type { DrillResult } from '../../usecases/chaos-run.js';

export default class ChaosNodeDrain extends DrillCommand {
  static override summary = 'Drain a node, and see that nobody notices';
  static override description =
    'The drill node-drain of the environment; `platform chaos run` runs any other. Docs: docs/drills.md.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --json --artifacts reports',
  ];
  static override flags = drillFlags;

  async run(): Promise<DrillResult> {
    const { flags } = await this.parse(ChaosNodeDrain);
    return this.drill('node-drain', flags);
  }
}
