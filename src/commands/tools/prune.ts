import { BaseCommand } from '../../base-command.js';
import { bundledPins } from '../../toolchain/pins.js';
import { pruneTools } from '../../usecases/tools.js';

export default class ToolsPrune extends BaseCommand {
  static override summary = 'Remove tools from the cache that no version pins any more';
  static override description = 'Also removes what killed downloads and builds left behind.';
  static override examples = ['<%= config.bin %> <%= command.id %>'];

  async run(): Promise<{ readonly removed: readonly string[] }> {
    await this.parse(ToolsPrune);
    const removed = await pruneTools(this.ports, bundledPins());
    return this.present({ removed }, () => (removed.length > 0 ? removed.join('\n') : 'nothing to remove'));
  }
}
