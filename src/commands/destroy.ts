import { boolean, string } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { PlatformError } from '../errors.js';
import { environmentFlag } from '../flags/environment.js';
import { destroyText } from '../ui/destroy-text.js';
import { destroy, type DestroyResult } from '../usecases/destroy.js';
import { findEnvironment } from '../usecases/find-environment.js';

export default class Destroy extends BaseCommand {
  static override summary = 'Remove the environment, and prove that nothing is left';
  static override description =
    'Removes what carries the name of the environment and nothing else; works with a dead or half-made cluster. What all environments share stays for the next one, unless it is purged. Exits with 8 when something of the environment is still there.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --confirm microservices',
    '<%= config.bin %> <%= command.id %> --purge',
  ];
  static override flags = {
    environment: environmentFlag,
    confirm: string({
      summary: 'the name of the environment, instead of typing it when asked',
      env: 'PLATFORM_CONFIRM',
    }),
    purge: boolean({
      summary:
        'also remove what environments share, if this is the last one: local registry, its caches, certificate authority',
      env: 'PLATFORM_PURGE',
    }),
  };

  async run(): Promise<DestroyResult> {
    const { flags } = await this.parse(Destroy);
    const found = await findEnvironment(flags.environment ?? flags.confirm, process.cwd(), this.ports);
    await this.confirm(found.name, flags.confirm);
    this.follow();
    const result = await this.endRun(await destroy(found, { purge: flags.purge }, this.ports));
    if (result.left.length > 0) {
      throw new PlatformError('leftBehind', `${String(result.left.length)} things of ${found.name} are still there`, {
        output: result.left.join('\n'),
        suggestions: ['run the command again; what stays after that has to be removed by hand'],
        facts: { left: result.left, removed: result.removed },
      });
    }
    return this.present(result, () => destroyText(result, this.style));
  }

  private async confirm(name: string, given: string | undefined): Promise<void> {
    if (given === undefined) {
      await this.prompts.confirmByName(name, `This removes ${name} and all its data. Type its name to confirm`);
    } else if (given !== name) {
      throw new PlatformError('usage', `--confirm says ${given}, but the environment is ${name}`);
    }
  }
}
