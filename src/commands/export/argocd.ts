import { boolean, string } from '@oclif/core/flags';
import { EnvironmentCommand } from '../../environment-command.js';
import { environmentFlags, targetFlags } from '../../flags/environment.js';
import { exportText } from '../../ui/export-text.js';
import { exportArgoCd, type ExportArgoCdResult } from '../../usecases/export-argocd.js';
import { exportParts } from '../../usecases/export-parts.js';

export default class ExportArgoCd extends EnvironmentCommand {
  static override summary = 'Write the environment as an app-of-apps for Argo CD';
  static override description =
    'A root Application and one for each release, in sync waves computed from the graph that `up` goes by; definitions in Applications of their own, values and local charts as files. Commit the folder, and Argo CD keeps the cluster as the folder has it. Secrets are refused; references to them are kept.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --aws --out deploy --repo-url https://git.example.org/team/platform.git',
    '<%= config.bin %> <%= command.id %> --aws --out deploy --repo-url git@git.example.org:team/platform.git --revision main --path deploy',
  ];
  static override flags = {
    ...targetFlags,
    ...environmentFlags,
    out: string({ summary: 'folder to write into', required: true, env: 'PLATFORM_OUT' }),
    'repo-url': string({
      summary: 'URL of the git repository that Argo CD reads the folder from',
      required: true,
      env: 'PLATFORM_REPO_URL',
    }),
    revision: string({ summary: 'branch, tag or commit to follow', default: 'HEAD', env: 'PLATFORM_REVISION' }),
    path: string({
      summary: 'the folder in the repository; by default where it is in the one on this machine',
      env: 'PLATFORM_PATH',
    }),
    plain: string({
      summary: 'a value that looks secret and is not: release.path.to.key',
      multiple: true,
      env: 'PLATFORM_PLAIN',
    }),
    force: boolean({ summary: 'write into a folder that holds something else', env: 'PLATFORM_FORCE' }),
  };

  async run(): Promise<ExportArgoCdResult> {
    const { flags } = await this.parse(ExportArgoCd);
    const environment = await this.wantedEnvironment(flags);
    const { out, revision, path, force, plain = [] } = flags;
    const { events, interruption } = this.ports;
    this.follow();
    const context = {
      signal: interruption.draining,
      progress: ({ message }: { readonly message: string }) => {
        events.emit({ type: 'notice', level: 'info', message });
      },
    };
    const parts = await exportParts(environment, context, this.ports);
    const options = { out, repoUrl: flags['repo-url'], revision, path, force, plain };
    const result = await exportArgoCd(environment, options, parts, context);
    await this.stopFollowing();
    return this.present(result, () => exportText(result, this.style));
  }
}
