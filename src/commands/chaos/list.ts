import { BaseCommand } from '../../base-command.js';
import type { Drill } from '../../chaos/drill.js';
import { environmentFlag } from '../../flags/environment.js';
import { drillsText } from '../../ui/drills-text.js';
import { findEnvironment } from '../../usecases/find-environment.js';
import { open } from '../../usecases/open.js';

export default class ChaosList extends BaseCommand {
  static override summary = 'List the drills of the environment: what each breaks, and what should be seen of it';
  static override description =
    'They come from the bundled ones (assets/drills/), the blueprint and drills: in the environment file, each on top of the other.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];
  static override flags = { environment: environmentFlag };

  async run(): Promise<{ readonly environment: string; readonly drills: readonly Drill[] }> {
    const { flags } = await this.parse(ChaosList);
    const { environment } = await open(await findEnvironment(flags.environment, process.cwd(), this.ports), this.ports);
    const drills = Object.values(environment.drills);
    return this.present({ environment: environment.name, drills }, () => drillsText(drills, this.style, this.columns));
  }
}
