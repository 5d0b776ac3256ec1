import { string } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import { EnvironmentCommand } from '../environment-command.js';
import { exitCodes } from '../errors.js';
import { environmentFlags, targetFlags } from '../flags/environment.js';
import { diffText } from '../ui/diff-text.js';
import { diff, type DiffResult } from '../usecases/diff.js';

export default class Diff extends EnvironmentCommand {
  static override summary = 'Show what in the cluster is not as wanted, field by field';
  static override description =
    'Compares every object of a release with the live one. Where nothing else is wanted, that is drift: what somebody changed since it was installed (`up --repair` takes it back). Where the chart or its values changed, it is what `up` would change. What controllers own is left out, such as replicas that an autoscaler sets; secrets are masked. Without names of releases, namespaces and Secrets that are not as the file wants them are named as well.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --local',
    '<%= config.bin %> <%= command.id %> auth --local --set auth.image.tag=v2',
    '<%= config.bin %> <%= command.id %> --local --exit-code --json',
  ];
  static override strict = false;
  static override args = {
    release: string({ description: 'names of releases; by default all of them', ignoreStdin: true }),
  };
  static override flags = {
    ...targetFlags,
    ...environmentFlags,
    'exit-code': boolean({ summary: 'exit with 10 when there is drift or a change', env: 'PLATFORM_EXIT_CODE' }),
  };

  async run(): Promise<DiffResult> {
    const { argv, flags } = await this.parse(Diff);
    const environment = await this.wantedEnvironment(flags, { remembers: true });
    const result = await diff(environment, { releases: argv.map(String) }, this.ports);
    if (flags['exit-code'] && result.changes) process.exitCode = exitCodes.changes;
    return this.present(result, () => diffText(result, this.style));
  }
}
