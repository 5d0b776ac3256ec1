import { BaseCommand } from '../base-command.js';
import { environmentJsonSchema } from '../environment/json-schema.js';

export default class Schema extends BaseCommand {
  static override summary = 'Print the JSON Schema of the environment file';
  static override description = 'For editors that complete and check platform.yaml, and for other programs.';
  static override examples = ['<%= config.bin %> <%= command.id %> > platform.schema.json'];

  async run(): Promise<Record<string, unknown>> {
    await this.parse(Schema);
    return this.present(environmentJsonSchema(), (schema) => JSON.stringify(schema, null, 2));
  }
}
