import { boolean } from '@oclif/core/flags';
import { EnvironmentCommand } from '../environment-command.js';
import { exitCodes } from '../errors.js';
import { environmentFlags, selectionFlags, targetFlags } from '../flags/environment.js';
import { planText } from '../ui/plan-text.js';
import { plan, type PlanResult } from '../usecases/up.js';

export default class Plan extends EnvironmentCommand {
  static override summary = 'Show what `up` would do, and why';
  static override description = 'Asks the world about every step and changes nothing.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --local',
    '<%= config.bin %> <%= command.id %> --local --exit-code',
  ];
  static override flags = {
    ...targetFlags,
    ...environmentFlags,
    ...selectionFlags,
    'exit-code': boolean({ summary: 'exit with 10 when there are changes', env: 'PLATFORM_EXIT_CODE' }),
  };

  async run(): Promise<PlanResult> {
    const { flags } = await this.parse(Plan);
    const environment = await this.wantedEnvironment(flags);
    const options = { only: flags.only ?? [], skip: flags.skip ?? [], prune: flags.prune, recreate: flags.recreate };
    const result = await plan(environment, options, this.ports);
    if (flags['exit-code'] && result.changes) process.exitCode = exitCodes.changes;
    return this.present(result, () => planText(result, this.style));
  }
}
