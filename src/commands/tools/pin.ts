import { BaseCommand } from '../../base-command.js';
import { table } from '../../ui/table.js';
import { pinTools, type PinReport } from '../../usecases/tools.js';

export default class ToolsPin extends BaseCommand {
  static override summary = "Fill in the publishers' checksums of the pinned tools";
  static override description =
    'For maintainers, in a source checkout on a machine that reaches the publishers. A checksum that is there already is never replaced.';
  static override examples = ['<%= config.bin %> <%= command.id %>'];

  async run(): Promise<PinReport> {
    await this.parse(ToolsPin);
    const report = await pinTools(this.ports);
    return this.present(report, ({ file, pinned, failed }) =>
      [
        `${String(pinned.filter(({ changed }) => changed).length)} checksums new, ${String(pinned.length)} confirmed in ${file}`,
        ...(failed.length > 0 ? [table(failed.map(({ name, platform, reason }) => [name, platform, reason]))] : []),
      ].join('\n'),
    );
  }
}
