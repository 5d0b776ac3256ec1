import { string } from '@oclif/core/args';
import { boolean } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { exitCodes, PlatformError } from '../errors.js';
import { environmentFlags } from '../flags/environment.js';
import { lockText } from '../ui/lock-text.js';
import { lockParts } from '../usecases/lock-parts.js';
import { checkLock, lock, type LockResult } from '../usecases/lock.js';

export default class Lock extends BaseCommand {
  static override summary = 'Write down the exact charts, definitions and images of the environment';
  static override description =
    'Resolves each chart to a digest, and what it renders to on every target to definitions and images, and writes platform.lock beside the environment file; from then on `up` installs exactly that. What is locked already is kept: --update asks again and shows what became different. The file is written whole or not at all.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --update traefik cert-manager',
    '<%= config.bin %> <%= command.id %> --check --exit-code',
  ];
  static override strict = false;
  static override args = { release: string({ description: 'releases to update, by name', ignoreStdin: true }) };
  static override flags = {
    file: environmentFlags.file,
    with: environmentFlags.with,
    update: boolean({
      summary: 'ask publishers and registries again; for all releases, or for those that are named',
      exclusive: ['check'],
      env: 'PLATFORM_UPDATE',
    }),
    check: boolean({ summary: 'only compare, without the network; write nothing', env: 'PLATFORM_CHECK' }),
    'exit-code': boolean({
      summary: 'with --check, exit with 10 when there are changes',
      env: 'PLATFORM_EXIT_CODE',
    }),
  };

  async run(): Promise<LockResult> {
    const { argv, flags } = await this.parse(Lock);
    const names = argv.map(String);
    if (names.length > 0 && !flags.update) {
      throw new PlatformError('usage', `${names.join(' ')}: releases are named to update them`, {
        suggestions: [`platform lock --update ${names.join(' ')}`],
      });
    }
    const options = { cwd: process.cwd(), file: flags.file, parts: flags.with };
    const parts = await lockParts(this.ports);
    if (flags.check) {
      const result = await checkLock(options, parts, this.ports);
      if (flags['exit-code'] && !result.upToDate) process.exitCode = exitCodes.changes;
      return this.present(result, () => lockText(result, this.style, 'check'));
    }
    const update = !flags.update ? [] : names.length > 0 ? names : ('all' as const);
    this.follow();
    const result = await lock({ ...options, update }, parts, this.ports);
    await this.stopFollowing();
    return this.present(result, () => lockText(result, this.style, 'write'));
  }
}
