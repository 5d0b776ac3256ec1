import { BaseCommand } from '../base-command.js';
import { PlatformError } from '../errors.js';
import { environmentFlags, targetFlags } from '../flags/environment.js';
import { doctorText } from '../ui/doctor-text.js';
import { examineMachine, type DoctorResult } from '../usecases/doctor.js';

export default class Doctor extends BaseCommand {
  static override summary = 'Check what this machine needs, with a fix for everything that is missing';
  static override description =
    'Tools, network, container engine, ports, names, disk, memory, folders. Changes nothing. Exits with 3 when something blocks.';
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json'];
  static override flags = {
    file: environmentFlags.file,
    blueprint: environmentFlags.blueprint,
    with: environmentFlags.with,
    provider: targetFlags.provider,
  };

  async run(): Promise<DoctorResult> {
    const { flags } = await this.parse(Doctor);
    const result = await examineMachine({ ...flags, parts: flags.with, cwd: process.cwd() }, this.ports);
    this.present(result, () => doctorText(result, this.style, process.stdout.columns));
    if (result.ok) return result;
    const blocking = result.checks.filter(({ status }) => status === 'blocking');
    throw new PlatformError('prerequisite', `${String(blocking.length)} of these keep platform from working`, {
      output: blocking.map(({ name, detail }) => `${name}: ${detail}`).join('\n'),
      suggestions: blocking.flatMap(({ fix }) => fix ?? []),
      facts: { checks: result.checks },
    });
  }
}
