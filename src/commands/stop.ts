import { BaseCommand } from '../base-command.js';
import { environmentFlag } from '../flags/environment.js';
import { findEnvironment } from '../usecases/find-environment.js';
import { stop, type PowerResult } from '../usecases/power.js';

export default class Stop extends BaseCommand {
  static override summary = 'Stop the cluster and keep its data';
  static override description =
    'Frees the memory and processors that the cluster takes; `start` or `up` brings it back with its data.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --environment shop',
  ];
  static override flags = { environment: environmentFlag };

  async run(): Promise<PowerResult> {
    const { flags } = await this.parse(Stop);
    const found = await findEnvironment(flags.environment, process.cwd(), this.ports);
    this.follow();
    return this.endRun(await stop(found, this.ports));
  }
}
