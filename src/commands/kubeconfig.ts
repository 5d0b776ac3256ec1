import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { environmentFlag } from '../flags/environment.js';
import { findEnvironment } from '../usecases/find-environment.js';
import { kubeconfig, type KubeconfigResult } from '../usecases/kubeconfig.js';
import { open } from '../usecases/open.js';

export default class Kubeconfig extends BaseCommand {
  static override summary = "Print the kubeconfig of the environment's cluster";
  static override description =
    'With its certificates and keys, for kubectl and other tools. `up` keeps a context of it in your own kubeconfig; --merge puts it there again and makes it the current one.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> > shop.kubeconfig',
    '<%= config.bin %> <%= command.id %> --path',
    '<%= config.bin %> <%= command.id %> --merge',
  ];
  static override flags = {
    environment: environmentFlag,
    path: boolean({ summary: 'print where its file is', exclusive: ['merge'], env: 'PLATFORM_PATH' }),
    merge: boolean({
      summary: 'put its context into your kubeconfig, as the current one',
      exclusive: ['path'],
      env: 'PLATFORM_MERGE',
    }),
  };

  async run(): Promise<KubeconfigResult> {
    const { flags } = await this.parse(Kubeconfig);
    const opened = await open(await findEnvironment(flags.environment, process.cwd(), this.ports), this.ports);
    const result = await kubeconfig(opened, flags, this.ports);
    return this.present(result, ({ file, context, merged, kubeconfig: text }) => {
      if (merged) return `${context} is the current context of ${merged.file}`;
      return flags.path ? file : text.trimEnd();
    });
  }
}
