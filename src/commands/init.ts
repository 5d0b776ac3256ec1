import { string } from '@oclif/core/args';
import { boolean, string as stringFlag } from '@oclif/core/flags';
import { BaseCommand } from '../base-command.js';
import { blueprintNames, defaultBlueprint } from '../environment/blueprints.js';
import { init, type InitResult } from '../usecases/init.js';

export default class Init extends BaseCommand {
  static override summary = 'Write an environment file to start from';
  static override description =
    'Writes a small commented platform.yaml into this folder, and its JSON Schema beside it. On a terminal it asks which blueprint to start from; elsewhere it takes the default one.';
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> microservices --name shop',
  ];
  static override args = {
    blueprint: string({ description: 'the bundled environment to start from', ignoreStdin: true }),
  };
  static override flags = {
    name: stringFlag({ summary: "name of the environment; by default the folder's", env: 'PLATFORM_NAME' }),
    force: boolean({ summary: 'overwrite the file that is there', env: 'PLATFORM_FORCE' }),
  };

  async run(): Promise<InitResult> {
    const { args, flags } = await this.parse(Init);
    const blueprint = args.blueprint ?? (await this.askBlueprint());
    const { name, force } = flags;
    const result = await init({ folder: process.cwd(), blueprint, name, force });
    return this.present(result, ({ file, schema }) =>
      [`wrote ${file}`, `wrote ${schema}`, `${this.style.symbols.next} platform up --local`].join('\n'),
    );
  }

  private async askBlueprint(): Promise<string> {
    const names = await blueprintNames();
    if (!this.prompts.available || names.length < 2) return defaultBlueprint;
    return this.prompts.select({
      message: 'Which environment to start from?',
      flag: 'the blueprint as an argument',
      initial: defaultBlueprint,
      choices: names.map((name) => ({ name, value: name })),
    });
  }
}
