import { DrillCommand, drillFlags } from '../../drill-command.js';
import type { DrillResult } from '../../usecases/chaos-run.js';

export default class ChaosLoad extends DrillCommand {
  static override summary = 'Put a service under load, and see whether it grows and shrinks again';
  static override description =
    'The drill load of the environment; `platform chaos run` runs any other. Docs: docs/drills.md.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --json --artifacts reports',
  ];
  static override flags = drillFlags;

  async run(): Promise<DrillResult> {
    const { flags } = await this.parse(ChaosLoad);
    return this.drill('load', flags);
  }
}
