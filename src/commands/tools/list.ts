import { BaseCommand } from '../../base-command.js';
import { createToolchain } from '../../toolchain/toolchain.js';
import { describeTool } from '../../toolchain/tool.js';
import { table } from '../../ui/table.js';
import { listTools, type ListedTool } from '../../usecases/tools.js';

export default class ToolsList extends BaseCommand {
  static override summary = 'List the external tools, their versions and where each was found';
  static override description = 'Nothing is installed globally: tools come from PATH, or live in the cache.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];

  async run(): Promise<{ readonly tools: readonly ListedTool[] }> {
    await this.parse(ToolsList);
    const tools = await listTools(createToolchain(this.ports));
    const rows = tools.map(({ name, version, install, tool }) => [
      name,
      version,
      tool
        ? `${describeTool(tool)}  ${tool.path}`
        : install === undefined
          ? 'not here yet; a run that needs it brings it'
          : `not on PATH, and no run brings it: ${install}`,
    ]);
    return this.present({ tools }, () => table(rows));
  }
}
