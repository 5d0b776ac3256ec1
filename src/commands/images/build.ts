import { string } from '@oclif/core/args';
import { EnvironmentCommand } from '../../environment-command.js';
import { environmentFlags } from '../../flags/environment.js';
import { builtText } from '../../ui/images-text.js';
import { buildImages, type ImagesBuildResult } from '../../usecases/images-build.js';
import { imageParts } from '../../usecases/images-parts.js';

export default class ImagesBuild extends EnvironmentCommand {
  static override summary = 'Build the images of the environment and push them into the local registry';
  static override description =
    'Needs a container engine and no cluster; the local registry is started if need be. An image is built when the registry does not have it with its sources as they are now: its tag is made of the context (without what .dockerignore leaves out), the Dockerfile, its target, arguments and platforms. Without names, all images.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> auth web',
    '<%= config.bin %> <%= command.id %> --blueprint microservices --json',
  ];
  static override strict = false;
  static override args = { image: string({ description: 'names of images', ignoreStdin: true }) };
  static override flags = environmentFlags;

  async run(): Promise<ImagesBuildResult> {
    const { argv, flags } = await this.parse(ImagesBuild);
    const environment = await this.wantedEnvironment({ ...flags, local: true, aws: false, provider: undefined });
    const parts = await imageParts(environment, this.ports);
    this.follow();
    const result = await buildImages(environment, argv.map(String), parts, this.ports);
    await this.stopFollowing();
    return this.present(result, () => builtText(result));
  }
}
