import { string } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { environmentFlag } from '../../flags/environment.js';
import { RunFailure } from '../../run-failure.js';
import { restoredText } from '../../ui/restored-text.js';
import { restoreDrills, type ChaosRestoreResult } from '../../usecases/chaos-restore.js';
import { findEnvironment } from '../../usecases/find-environment.js';
import { reachCluster } from '../../usecases/reach-cluster.js';

export default class ChaosRestore extends BaseCommand {
  static override summary = 'Take back what a killed drill left, from any machine that reaches the cluster';
  static override description =
    'Reads from the cluster what was changed, puts it back by compare-and-set, and compares the result with what was recorded before. What somebody else has changed in the meantime is left to them, and told. Exit code 8 when something is left. On a machine that did not build the environment all it needs is --environment NAME and a context platform-NAME in the first file of KUBECONFIG: `platform kubeconfig` prints one where it was built.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 20261122t101500-a1b2c3 --environment shop',
  ];
  static override args = {
    run: string({ description: 'id of one run; every open drill without it', ignoreStdin: true }),
  };
  static override flags = {
    environment: environmentFlag,
    force: boolean({
      summary: 'also a drill that is being run right now: it sees that and ends',
      env: 'PLATFORM_FORCE',
    }),
  };

  async run(): Promise<ChaosRestoreResult> {
    const { args, flags } = await this.parse(ChaosRestore);
    const found = await findEnvironment(flags.environment, process.cwd(), this.ports);
    const cluster = await reachCluster(found, this.ports);
    this.follow();
    const { force } = flags;
    const result = await restoreDrills(
      cluster,
      { force, ...(args.run !== undefined && { run: args.run }) },
      this.ports,
    );
    await this.stopFollowing();
    const shown = this.present(result, () => restoredText(result, this.style));
    if (result.failure) throw new RunFailure(result.failure, result);
    return shown;
  }
}
