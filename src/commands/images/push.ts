import { string } from '@oclif/core/flags';
import { EnvironmentCommand } from '../../environment-command.js';
import { environmentFlags } from '../../flags/environment.js';
import { movedText } from '../../ui/images-text.js';
import type { ImagesMoveResult } from '../../usecases/images-copy-step.js';
import { imageParts } from '../../usecases/images-parts.js';
import { pushFolder, pushFromEngine } from '../../usecases/images-push.js';

export default class ImagesPush extends EnvironmentCommand {
  static override summary = 'Push images from a folder, or from the container engine, into the local registry';
  static override description =
    'With --from it takes what `platform images pull --to` wrote. Without it, it takes the images that platform.lock holds for the releases out of the store of the container engine. Nodes ask the local registry instead of one that `local.mirrors` sends there: { docker.io: local }.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --from ./images',
    '<%= config.bin %> <%= command.id %> --file staging.yaml',
  ];
  static override flags = {
    ...environmentFlags,
    from: string({ summary: 'a folder of images, instead of the container engine', env: 'PLATFORM_FROM' }),
  };

  async run(): Promise<ImagesMoveResult> {
    const { flags } = await this.parse(ImagesPush);
    const environment = await this.wantedEnvironment({ ...flags, local: true, aws: false, provider: undefined });
    const parts = await imageParts(environment, this.ports);
    this.follow();
    const result = await (flags.from === undefined
      ? pushFromEngine(environment, parts, this.ports)
      : pushFolder(environment, flags.from, parts, this.ports));
    await this.stopFollowing();
    return this.present(result, () => movedText(result, this.style));
  }
}
