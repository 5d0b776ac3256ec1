import { BaseCommand } from '../base-command.js';
import { bundledPins, toolNames } from '../toolchain/pins.js';
import { table } from '../ui/table.js';

interface VersionResult {
  readonly platform: string;
  readonly node: string;
  readonly system: string;
  readonly tools: Readonly<Record<string, string>>;
}

export default class Version extends BaseCommand {
  static override summary = 'Show the versions of platform and of the tools it pins';
  static override description = '`platform --version` prints the first line only, and faster.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];

  async run(): Promise<VersionResult> {
    await this.parse(Version);
    const { tools } = bundledPins();
    const result = {
      platform: this.config.version,
      node: process.version,
      system: `${process.platform}-${process.arch}`,
      tools: Object.fromEntries(toolNames.flatMap((name) => (tools[name] ? [[name, tools[name].version]] : []))),
    };
    return this.present(result, () => {
      const pinned = Object.entries(result.tools).map(([name, version]) => [name, version]);
      return [`platform/${result.platform} ${result.system} node-${result.node}`, table(pinned, { indent: 2 })].join(
        '\n',
      );
    });
  }
}
