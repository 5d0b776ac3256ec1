import { BaseCommand } from '../../base-command.js';
import { PlatformError } from '../../errors.js';
import { storesFlag, trustOptions, trustYesFlag } from '../../flags/trust.js';
import { trustPlanText, trustResultText } from '../../ui/trust-text.js';
import { carryOut, planRemoval, type TrustResult } from '../../usecases/trust.js';

export default class TrustRemove extends BaseCommand {
  static override summary = 'Take the certificate authority of local environments out of the stores of this machine';
  static override description =
    'Removes what `trust install` put there, former authorities of this user included, and nothing else. The authority itself stays: environments go on, and `trust install` brings the trust back. Shows the commands before it runs them, and asks.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --store nss --yes',
  ];
  static override flags = { store: storesFlag, yes: trustYesFlag };

  async run(): Promise<TrustResult> {
    const { flags } = await this.parse(TrustRemove);
    const plan = await planRemoval(trustOptions(flags.store, this.prompts.available), this.ports);
    if (plan.changes.length > 0) {
      this.say(trustPlanText(plan, this.style, 'To be forgotten'));
      const question = { message: 'Run these commands?', flag: '--yes', initial: true };
      if (!flags.yes && !(await this.prompts.confirm(question))) {
        throw new PlatformError('interrupted', 'declined; nothing was changed');
      }
    }
    const result = await carryOut(plan, this.ports);
    return this.present(result, () => trustResultText(result, this.style));
  }
}
