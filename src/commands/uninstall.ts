import { string as name } from '@oclif/core/args';
import { boolean, string } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { parseDuration } from '../duration.js';
import { PlatformError } from '../errors.js';
import { environmentFlag } from '../flags/environment.js';
import { uninstallText } from '../ui/uninstall-text.js';
import { findEnvironment } from '../usecases/find-environment.js';
import { uninstall, type UninstallResult } from '../usecases/uninstall.js';

export default class Uninstall extends BaseCommand {
  static override summary = 'Uninstall releases in the reverse order of their needs';
  static override description =
    'Without names, all releases of the environment. Refuses what others still need, and what would leave custom resources behind without their operator; custom resource definitions that platform applied stay.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> auth --confirm microservices',
    '<%= config.bin %> <%= command.id %> cert-manager --dependants --custom-resources',
  ];
  static override strict = false;
  static override args = { release: name({ description: 'names of releases', ignoreStdin: true }) };
  static override flags = {
    environment: environmentFlag,
    confirm: string({
      summary: 'the name of the environment, instead of typing it when asked',
      env: 'PLATFORM_CONFIRM',
    }),
    dependants: boolean({ summary: 'uninstall what needs them as well', env: 'PLATFORM_DEPENDANTS' }),
    'custom-resources': boolean({
      summary: 'delete custom resources that would be left without their operator',
      env: 'PLATFORM_CUSTOM_RESOURCES',
    }),
    'force-finalizers': boolean({
      summary: 'remove the finalizers of what does not end; what their controller would clean up stays',
      env: 'PLATFORM_FORCE_FINALIZERS',
    }),
    timeout: string({
      summary: 'how long what is being deleted may take to end',
      default: '2m',
      env: 'PLATFORM_TIMEOUT',
    }),
  };

  async run(): Promise<UninstallResult> {
    const { argv, flags } = await this.parse(Uninstall);
    const releases = argv.map(String);
    const patienceMs = parseDuration(flags.timeout);
    const found = await findEnvironment(flags.environment ?? flags.confirm, process.cwd(), this.ports);
    await this.confirm(found.name, releases, flags.confirm);
    this.follow();
    const request = {
      releases,
      dependants: flags.dependants,
      customResources: flags['custom-resources'],
      forceFinalizers: flags['force-finalizers'],
      patienceMs,
    };
    const result = await this.endRun(await uninstall(found, request, this.ports));
    return this.present(result, () => uninstallText(result, this.style));
  }

  private async confirm(environment: string, releases: readonly string[], given: string | undefined): Promise<void> {
    if (given === undefined) {
      const what = releases.length > 0 ? releases.join(', ') : 'all releases';
      const message = `This uninstalls ${what} of ${environment}. Type ${environment} to confirm`;
      await this.prompts.confirmByName(environment, message);
    } else if (given !== environment) {
      throw new PlatformError('usage', `--confirm says ${given}, but the environment is ${environment}`);
    }
  }
}
