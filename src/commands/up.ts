import { boolean } from '@oclif/core/flags';
import { EnvironmentCommand } from '../environment-command.js';
import { environmentFlags, selectionFlags, targetFlags, upOptions } from '../flags/environment.js';
import { planText } from '../ui/plan-text.js';
import { upText } from '../ui/up-text.js';
import { plan, up, type PlanResult, type UpResult } from '../usecases/up.js';

export default class Up extends EnvironmentCommand {
  static override summary = 'Build the environment, or bring it up to date';
  static override description =
    'Asks the world what is there and does only what is missing: cluster, registry, certificates, images, releases in the order of their needs, and a gate for everything others wait for. Run it as often as you like.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --local',
    '<%= config.bin %> <%= command.id %> --local --dry-run',
    '<%= config.bin %> <%= command.id %> --local --only auth --set auth.image.tag=v2',
  ];
  static override flags = {
    ...targetFlags,
    ...environmentFlags,
    ...selectionFlags,
    'dry-run': boolean({ char: 'n', summary: 'show what would change, change nothing', env: 'PLATFORM_DRY_RUN' }),
  };

  async run(): Promise<UpResult | PlanResult> {
    const { flags } = await this.parse(Up);
    const environment = await this.wantedEnvironment(flags);
    const options = { ...upOptions(flags), ...(flags.charts !== undefined && { charts: environment.local.charts }) };
    if (flags['dry-run']) {
      return this.present(await plan(environment, options, this.ports), (result) => planText(result, this.style));
    }
    this.follow();
    const result = await this.endRun(await up(environment, options, this.ports));
    return this.present(result, () => upText(result, this.style));
  }
}
