import { BaseCommand } from '../../base-command.js';
import { PlatformError } from '../../errors.js';
import { storesFlag, trustOptions, trustYesFlag } from '../../flags/trust.js';
import { trustPlanText, trustResultText } from '../../ui/trust-text.js';
import { carryOut, planInstall, type TrustResult } from '../../usecases/trust.js';

export default class TrustInstall extends BaseCommand {
  static override summary = 'Let the programs of this machine trust the certificates of local environments';
  static override description =
    'Puts the certificate authority of this user into the store of the system and into those of browsers and Java. Shows the commands before it runs them, and asks; what belongs to the whole system is done by sudo. Node.js has no store: which variable to set is said. The authority can sign for local names only (localhost, local, test, internal), never for a name of the Internet. Run it again after the authority was renewed.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --store nss --yes',
  ];
  static override flags = { store: storesFlag, yes: trustYesFlag };

  async run(): Promise<TrustResult> {
    const { flags } = await this.parse(TrustInstall);
    const plan = await planInstall(trustOptions(flags.store, this.prompts.available), this.ports);
    if (plan.changes.length > 0) {
      this.say(trustPlanText(plan, this.style, 'To be trusted'));
      const question = { message: 'Run these commands?', flag: '--yes', initial: true };
      if (!flags.yes && !(await this.prompts.confirm(question))) {
        throw new PlatformError('interrupted', 'declined; nothing was changed');
      }
    }
    const result = await carryOut(plan, this.ports);
    return this.present(result, () => trustResultText(result, this.style));
  }
}
