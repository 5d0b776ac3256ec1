import { boolean, option, string } from '@oclif/core/flags';
import { EnvironmentCommand } from '../environment-command.js';
import { exitCodes } from '../errors.js';
import { environmentFlags, selectionFlags, targetFlags, upOptions } from '../flags/environment.js';
import type { ReleaseGraph } from '../releases/graph/release-graph.js';
import { graphFormatFor, graphFormats } from '../ui/graph/format.js';
import { renderGraph } from '../ui/graph/render.js';
import type { GraphTextOptions } from '../ui/graph/text.js';
import { writeGraph } from '../ui/graph/write.js';
import { planText } from '../ui/plan-text.js';
import { createStyle } from '../ui/style.js';
import type { TerminalStream } from '../ui/terminal.js';
import { planGraph } from '../usecases/plan-graph.js';
import { plan, type PlanResult } from '../usecases/up.js';

export default class Plan extends EnvironmentCommand {
  static override summary = 'Show what `up` would do, and why';
  static override description =
    'Asks the world about every step and changes nothing. With --graph it shows the releases instead, what each waits for and why, and how long each took when it was last installed.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --local',
    '<%= config.bin %> <%= command.id %> --local --exit-code',
    '<%= config.bin %> <%= command.id %> --local --graph --out graph.html',
  ];
  static override flags = {
    ...targetFlags,
    ...environmentFlags,
    ...selectionFlags,
    'exit-code': boolean({ summary: 'exit with 10 when there are changes', env: 'PLATFORM_EXIT_CODE' }),
    graph: boolean({ summary: 'show the releases and what each waits for', env: 'PLATFORM_GRAPH' }),
    format: option({
      summary: 'how to write the graph; by default as the name of its file tells, else as text',
      options: graphFormats,
      dependsOn: ['graph'],
      env: 'PLATFORM_FORMAT',
    })(),
    out: string({ summary: 'the file to write the graph to', dependsOn: ['graph'], env: 'PLATFORM_OUT' }),
  };

  async run(): Promise<PlanResult | ReleaseGraph> {
    const { flags } = await this.parse(Plan);
    const { graph, format, out } = flags;
    const writtenAs = graphFormatFor({ format, out, json: this.jsonEnabled() });
    const environment = await this.wantedEnvironment(flags);
    const options = upOptions(flags);
    const planned = await (graph ? planGraph : plan)(environment, options, this.ports);
    if (flags['exit-code'] && planned.changes) process.exitCode = exitCodes.changes;
    if (!('graph' in planned)) return this.present(planned, () => planText(planned, this.style));
    const text = await renderGraph(planned.graph, writtenAs, out === undefined ? this.terminal() : inFile);
    if (out !== undefined) await writeGraph(out, text);
    return this.present(planned.graph, () => (out === undefined ? text : `wrote ${out}`));
  }

  private terminal(): GraphTextOptions {
    const { columns } = process.stdout as TerminalStream;
    return { style: this.style, ...(columns !== undefined && { columns }) };
  }
}

const inFile: GraphTextOptions = { style: createStyle({ color: false }) };
