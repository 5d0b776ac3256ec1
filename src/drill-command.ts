import type { Interfaces } from '@oclif/core';
import { boolean, string } from '@oclif/core/flags';
import { BaseCommand } from './base-command.js';
import { environmentFlag } from './flags/environment.js';
import { RunFailure } from './run-failure.js';
import { drillResultText } from './ui/drill-result-text.js';
import { findDrill } from './usecases/chaos-drills.js';
import { runDrill, type DrillResult } from './usecases/chaos-run.js';
import { findEnvironment } from './usecases/find-environment.js';
import { open } from './usecases/open.js';

/** Flags of commands that run a drill. */
export const drillFlags = {
  environment: environmentFlag,
  'dry-run': boolean({
    summary: 'look and predict only: every finding, and how long each link may take',
    env: 'PLATFORM_DRY_RUN',
  }),
  anyway: boolean({
    summary:
      'run it although the look before has found that it would fail; never where it is known that data would be lost',
    env: 'PLATFORM_ANYWAY',
  }),
  'without-reaper': boolean({
    summary: 'run it although nothing in the cluster would take the fault back if this machine were gone',
    env: 'PLATFORM_WITHOUT_REAPER',
  }),
  artifacts: string({ summary: 'a folder that the reports are copied to', env: 'PLATFORM_ARTIFACTS' }),
  compare: string({
    summary:
      'compare with an earlier run: its id, the beginning of it, last, or previous (the one before of the same drill)',
    env: 'PLATFORM_COMPARE',
  }),
  confirm: string({ summary: 'on AWS: the name of the environment, to say that it is meant', env: 'PLATFORM_CONFIRM' }),
};

/** A command that runs one drill: the same for all of them. */
export abstract class DrillCommand extends BaseCommand {
  protected async drill(nameOrFile: string, flags: Interfaces.InferredFlags<typeof drillFlags>): Promise<DrillResult> {
    const cwd = process.cwd();
    const opened = await open(await findEnvironment(flags.environment, cwd, this.ports), this.ports);
    const drill = await findDrill(nameOrFile, opened.environment, cwd);
    this.follow();
    const { 'dry-run': dryRun, anyway, 'without-reaper': withoutReaper, artifacts, compare, confirm } = flags;
    const result = await runDrill(
      opened,
      drill,
      { dryRun, anyway, withoutReaper, artifacts, compare, confirm },
      this.ports,
    );
    await this.stopFollowing();
    const shown = this.present(result, () => drillResultText(result, this.style, this.columns));
    if (result.failure) throw new RunFailure(result.failure, result);
    return shown;
  }
}

/** A command that is called as the drill that it runs. */
export abstract class NamedDrillCommand extends DrillCommand {
  static override description =
    'Runs the drill of this name that the environment has; `platform chaos run` runs any other.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --json --artifacts reports',
  ];
  static override flags = drillFlags;

  /** Its name among the drills of the environment. */
  protected abstract readonly named: string;

  async run(): Promise<DrillResult> {
    const { flags } = await this.parse(NamedDrillCommand);
    return this.drill(this.named, flags);
  }
}
