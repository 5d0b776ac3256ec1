import { string } from '@oclif/core/args';
import { boolean, integer, string as stringFlag } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { PlatformError } from '../errors.js';
import { environmentFlag } from '../flags/environment.js';
import { logsText } from '../ui/logs-text.js';
import { findEnvironment } from '../usecases/find-environment.js';
import { logs, type LogsResult } from '../usecases/logs.js';
import { open } from '../usecases/open.js';

export default class Logs extends BaseCommand {
  static override summary = 'Show the logs of a release, or of a component of the cluster';
  static override description =
    'Where no container runs, the states of the pods and the events about the release are shown instead, and said to be simulated.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> api --tail 20',
    '<%= config.bin %> <%= command.id %> --component kube-apiserver --follow',
  ];
  static override args = { release: string({ description: 'name of the release', ignoreStdin: true }) };
  static override flags = {
    environment: environmentFlag,
    component: stringFlag({
      summary: 'a component of the cluster instead of a release',
      env: 'PLATFORM_COMPONENT',
    }),
    tail: integer({ summary: 'lines of each container', default: 100, min: 0, env: 'PLATFORM_TAIL' }),
    since: stringFlag({ summary: 'only what is newer, such as 10m', env: 'PLATFORM_SINCE' }),
    previous: boolean({ summary: 'of the containers before their last restart', env: 'PLATFORM_PREVIOUS' }),
    follow: boolean({ summary: 'go on until Ctrl-C', env: 'PLATFORM_FOLLOW' }),
  };

  async run(): Promise<LogsResult> {
    const { args, flags } = await this.parse(Logs);
    const of = whose(args.release, flags.component);
    const { environment, assembly } = await open(
      await findEnvironment(flags.environment, process.cwd(), this.ports),
      this.ports,
    );
    const { clock, interruption } = this.ports;
    if (flags.follow) this.follow();
    const { tail, since, previous } = flags;
    const follow = flags.follow ? { follow: this.line } : {};
    const options = {
      ...assembly,
      environment,
      clock,
      signal: interruption.draining,
      tail,
      since,
      previous,
      ...follow,
    };
    const result = await logs(of, options);
    await this.stopFollowing();
    return this.present(result, () => logsText(result, this.style));
  }

  private readonly line = ({ source, text }: { readonly source: string; readonly text: string }): void => {
    this.log(this.jsonEnabled() ? JSON.stringify({ source, text }) : `${this.style.paint('dim', source)} ${text}`);
  };
}

function whose(release: string | undefined, component: string | undefined) {
  if (release !== undefined && component === undefined) return { release };
  if (component !== undefined && release === undefined) return { component };
  throw new PlatformError('usage', 'whose logs: either a release or --component NAME', {
    suggestions: ['platform logs api', 'platform logs --component kube-apiserver'],
  });
}
