import { string } from '@oclif/core/args';
import { BaseCommand } from '../base-command.js';
import { environmentFlag } from '../flags/environment.js';
import { credentialsText } from '../ui/credentials-text.js';
import { credentials, type CredentialsResult } from '../usecases/credentials.js';
import { findEnvironment } from '../usecases/find-environment.js';
import { open } from '../usecases/open.js';

export default class Credentials extends BaseCommand {
  static override summary = 'Show what one logs in to an app with: Grafana, Argo CD, databases';
  static override description =
    'Read from the cluster and kept nowhere. Without an app, the apps that have credentials are listed, without them.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> grafana --environment shop',
    '<%= config.bin %> <%= command.id %> postgres --json',
  ];
  static override args = { app: string({ description: 'the app, or its release', ignoreStdin: true }) };
  static override flags = { environment: environmentFlag };

  async run(): Promise<CredentialsResult> {
    const { args, flags } = await this.parse(Credentials);
    const opened = await open(await findEnvironment(flags.environment, process.cwd(), this.ports), this.ports);
    const result = await credentials(opened, args.app, this.ports.interruption.draining);
    return this.present(result, () => credentialsText(result, this.style));
  }
}
