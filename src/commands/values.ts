import { string } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import { EnvironmentCommand } from '../environment-command.js';
import { environmentFlags, targetFlags } from '../flags/environment.js';
import { valuesText } from '../ui/values-text.js';
import { lockedCharts } from '../usecases/published-charts.js';
import { values, type ValuesResult } from '../usecases/values.js';

export default class ValuesOfRelease extends EnvironmentCommand {
  static override summary = 'Show the Helm values of a release, and where each comes from';
  static override description =
    'Merges all layers as `up` does: catalogue, target, blueprint, environment file, --set. Maps are merged, lists replaced as a whole, and null takes out a default of the chart. Keys that the schema of the chart does not know are pointed out; what looks secret is masked.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> traefik --local',
    '<%= config.bin %> <%= command.id %> auth --aws --set auth.replicas=3',
    '<%= config.bin %> <%= command.id %> traefik --local --defaults --json',
  ];
  static override args = {
    release: string({ description: 'name of the release', required: true, ignoreStdin: true }),
  };
  static override flags = {
    ...targetFlags,
    ...environmentFlags,
    defaults: boolean({ summary: "with the chart's own defaults below everything", env: 'PLATFORM_DEFAULTS' }),
  };

  async run(): Promise<ValuesResult> {
    const { args, flags } = await this.parse(ValuesOfRelease);
    const environment = await this.wantedEnvironment(flags, { remembers: true });
    const { defaults } = flags;
    const { charts } = await lockedCharts(environment, this.ports);
    const result = await values(environment, args.release, { defaults }, charts);
    return this.present(result, () => valuesText(result, this.style));
  }
}
