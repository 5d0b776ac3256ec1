import { BaseCommand } from '../base-command.js';
import { environmentFlag } from '../flags/environment.js';
import { findEnvironment } from '../usecases/find-environment.js';
import { start, type PowerResult } from '../usecases/power.js';

export default class Start extends BaseCommand {
  static override summary = 'Start a stopped cluster with its data';
  static override description =
    'Brings back what `stop` or a reboot has stopped. What is in the cluster stays as it was.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --environment shop',
  ];
  static override flags = { environment: environmentFlag };

  async run(): Promise<PowerResult> {
    const { flags } = await this.parse(Start);
    const found = await findEnvironment(flags.environment, process.cwd(), this.ports);
    this.follow();
    return this.endRun(await start(found, this.ports));
  }
}
