import { string } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { environmentFlag } from '../flags/environment.js';
import { findEnvironment } from '../usecases/find-environment.js';
import { open } from '../usecases/open.js';
import { supportBundle, type SupportBundle } from '../usecases/support-bundle.js';

export default class SupportBundleCommand extends BaseCommand {
  static override summary = 'Collect what a bug report needs into one archive, without secrets';
  static override description =
    'Versions, journals, the environment with its secrets masked, states and events of the cluster, logs of its components, and what doctor says.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --directory /tmp',
  ];
  static override flags = {
    environment: environmentFlag,
    directory: string({ summary: 'where to write it', default: '.', env: 'PLATFORM_DIRECTORY' }),
  };

  async run(): Promise<SupportBundle> {
    const { flags } = await this.parse(SupportBundleCommand);
    const found = await findEnvironment(flags.environment, process.cwd(), this.ports);
    const { environment, assembly } = await open(found, this.ports);
    const bundle = await supportBundle({ ...assembly, environment, ports: this.ports, folder: flags.directory });
    return this.present(bundle, ({ path, bytes, entries, missing }) =>
      [
        `wrote ${path} (${String(Math.ceil(bytes / 1024))} KiB, ${String(entries.length)} files)`,
        ...missing.map(({ part, reason }) => `  without ${part}: ${reason}`),
        'Secrets are masked; look into it before you send it on.',
      ].join('\n'),
    );
  }
}
