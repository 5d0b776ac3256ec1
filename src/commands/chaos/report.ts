import { string } from '@oclif/core/args';
import { option, string as stringFlag } from '@oclif/core/flags';
import { BaseCommand } from '../../base-command.js';
import { environmentFlag } from '../../flags/environment.js';
import { reportText } from '../../ui/drill-result-text.js';
import { reportFormats, reportOf, type ReportResult } from '../../usecases/chaos-report.js';
import { findEnvironment } from '../../usecases/find-environment.js';
import { open } from '../../usecases/open.js';

export default class ChaosReport extends BaseCommand {
  static override summary = 'Show the report of a run again, or compare it with another one';
  static override description =
    'A run is named by its id, by what its id begins with, or by last. As text for people; html is one page with plots, markdown a summary for a pull request, junit for CI, and json the whole record.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> last --format html > report.html',
    '<%= config.bin %> <%= command.id %> last --compare previous',
  ];
  static override args = { run: string({ description: 'id of the run; last without it', ignoreStdin: true }) };
  static override flags = {
    environment: environmentFlag,
    format: option({
      summary: 'how it is written',
      options: reportFormats,
      default: 'text' as const,
      env: 'PLATFORM_FORMAT',
    })(),
    compare: stringFlag({
      summary: 'another run: its id, what it begins with, last, or previous',
      env: 'PLATFORM_COMPARE',
    }),
    artifacts: stringFlag({ summary: 'a folder that all files of the run are copied to', env: 'PLATFORM_ARTIFACTS' }),
  };

  async run(): Promise<ReportResult> {
    const { args, flags } = await this.parse(ChaosReport);
    const found = await findEnvironment(flags.environment, process.cwd(), this.ports);
    const { assembly } = await open(found, this.ports);
    const { compare, format, artifacts } = flags;
    const result = await reportOf(assembly.stateFolder, { run: args.run, compare, format, artefacts: artifacts });
    return this.present(result, () => reportText(result, this.style, this.columns));
  }
}
