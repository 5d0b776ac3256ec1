import { string } from '@oclif/core/flags';
import { EnvironmentCommand } from '../../environment-command.js';
import { environmentFlags } from '../../flags/environment.js';
import { machinePlatform, platformsFrom } from '../../registry/platform.js';
import { movedText } from '../../ui/images-text.js';
import { imageParts } from '../../usecases/images-parts.js';
import { pullImages } from '../../usecases/images-pull.js';
import type { ImagesMoveResult } from '../../usecases/images-copy-step.js';

export default class ImagesPull extends EnvironmentCommand {
  static override summary = 'Copy the images that the environment needs into the local registry, or into a folder';
  static override description =
    'Copies what platform.lock holds, the image of the local registry and that of the nodes of kind from where they are published, with the logins that Docker has; every layer is checked against its digest, and what is there already is not copied again. Nodes ask the local registry instead of one that `local.mirrors` sends there: { docker.io: local }. A folder is an OCI image layout: on a machine without internet `tar -C FOLDER -c . | docker load` takes the images of the registry and the nodes out of it, and `platform images push` all of them.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --to ./images',
    '<%= config.bin %> <%= command.id %> --to ./images --platform linux/amd64 --platform linux/arm64',
  ];
  static override flags = {
    ...environmentFlags,
    to: string({ summary: 'a folder to write to, instead of the local registry', env: 'PLATFORM_TO' }),
    platform: string({
      summary: 'platforms to copy, such as linux/arm64, or all; by default that of this machine',
      multiple: true,
      env: 'PLATFORM_PLATFORM',
    }),
  };

  async run(): Promise<ImagesMoveResult> {
    const { flags } = await this.parse(ImagesPull);
    const machine = machinePlatform(process.arch);
    const platforms = platformsFrom(flags.platform ?? [machine]);
    const environment = await this.wantedEnvironment({ ...flags, local: true, aws: false, provider: undefined });
    const parts = await imageParts(environment, this.ports);
    this.follow();
    const result = await pullImages(environment, { to: flags.to, platforms, machine }, parts, this.ports);
    await this.stopFollowing();
    return this.present(result, () => movedText(result, this.style));
  }
}
