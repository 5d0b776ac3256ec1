import { EnvironmentCommand } from '../../environment-command.js';
import { environmentFlags } from '../../flags/environment.js';
import { listedText } from '../../ui/images-text.js';
import { listImages, type ImagesListResult } from '../../usecases/images-list.js';
import { imageParts } from '../../usecases/images-parts.js';

export default class ImagesList extends EnvironmentCommand {
  static override summary = 'List the images that the environment builds, and what the local registry has of them';
  static override description =
    'Shows for each image its sources, the tag that they have now, whether the registry has it, how large it is and which releases run it. Builds nothing and starts nothing.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --file staging.yaml --json',
  ];
  static override flags = environmentFlags;

  async run(): Promise<ImagesListResult> {
    const { flags } = await this.parse(ImagesList);
    const wanted = { ...flags, local: true, aws: false, provider: undefined };
    const environment = await this.wantedEnvironment(wanted, { remembers: true });
    const { images } = await imageParts(environment, this.ports);
    const result = await listImages(environment, images, this.ports.interruption.draining);
    return this.present(result, () => listedText(result, process.cwd()));
  }
}
