import { string } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { environmentFlag } from '../flags/environment.js';
import { openUrlText } from '../ui/open-url-text.js';
import { findEnvironment } from '../usecases/find-environment.js';
import { open } from '../usecases/open.js';
import { openUrl, type OpenUrlResult } from '../usecases/open-url.js';

export default class Open extends BaseCommand {
  static override summary = 'Show an app of the environment in the browser';
  static override description =
    'An app is named by its Ingress, its release, its host, or the first word of that. Without a name, all addresses are listed; where this machine shows no browser, the address is printed.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> grafana',
    '<%= config.bin %> <%= command.id %> webportal --print',
  ];
  static override args = { app: string({ description: 'Ingress, release or host of the app', ignoreStdin: true }) };
  static override flags = {
    environment: environmentFlag,
    print: boolean({ summary: 'print the address and open nothing', env: 'PLATFORM_PRINT' }),
  };

  async run(): Promise<OpenUrlResult> {
    const { args, flags } = await this.parse(Open);
    const opened = await open(await findEnvironment(flags.environment, process.cwd(), this.ports), this.ports);
    const options = { app: args.app, print: flags.print, platform: process.platform };
    const result = await openUrl(opened, options, this.ports);
    if (result.kind === 'app' && result.reason !== undefined) this.say(`not opened: ${result.reason}`);
    return this.present(result, () => openUrlText(result, this.style));
  }
}
