import { BaseCommand } from '../../base-command.js';
import { storesFlag, trustOptions } from '../../flags/trust.js';
import { trustStatusText } from '../../ui/trust-text.js';
import { trustStatus, type TrustStatus } from '../../usecases/trust.js';

export default class TrustStatusCommand extends BaseCommand {
  static override summary = 'Show which programs of this machine trust the certificates of local environments';
  static override description =
    'Looks into the store of the system and into those of browsers, Java and Node.js, for the certificate authority that signs what local environments serve. Changes nothing.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --store os,nss --json',
  ];
  static override flags = { store: storesFlag };

  async run(): Promise<TrustStatus> {
    const { flags } = await this.parse(TrustStatusCommand);
    const status = await trustStatus(trustOptions(flags.store, this.prompts.available), this.ports);
    return this.present(status, () => trustStatusText(status, this.style));
  }
}
