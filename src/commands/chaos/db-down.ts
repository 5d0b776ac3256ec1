import { DrillCommand, drillFlags } from '../../drill-command.js';
import type { DrillResult } from '../../usecases/chaos-run.js';

export default class ChaosDbDown extends DrillCommand {
  static override summary = 'Scale the database to zero, and see who hears of it';
  static override description =
    'The drill db-down of the environment; `platform chaos run` runs any other. Docs: docs/drills.md.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --json --artifacts reports',
  ];
  static override flags = drillFlags;

  async run(): Promise<DrillResult> {
    const { flags } = await this.parse(ChaosDbDown);
    return this.drill('db-down', flags);
  }
}
