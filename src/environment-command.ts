import type { Interfaces } from '@oclif/core';
import { BaseCommand } from './base-command.js';
import { blueprintNames, defaultBlueprint } from './environment/blueprints.js';
import type { Environment, LocalProvider, Target } from './environment/environment.js';
import { findEnvironmentFile } from './environment/find-file.js';
import { loadEnvironment } from './environment/load.js';
import { readRecord } from './environment/record.js';
import { environmentFlags, targetFlags } from './flags/environment.js';

type WantedFlags = Interfaces.InferredFlags<typeof environmentFlags & typeof targetFlags>;

/** A command that works on an environment as its file wants it; asks what no flag answered, before anything changes. */
export abstract class EnvironmentCommand extends BaseCommand {
  /** @param remembers For commands that only look: without --with, the parts that the environment was begun with. */
  protected async wantedEnvironment(flags: WantedFlags, { remembers = false } = {}): Promise<Environment> {
    const cwd = process.cwd();
    const file = flags.file ?? (await findEnvironmentFile(cwd));
    const target = flags.local || flags.provider ? 'local' : flags.aws ? 'aws' : await this.askTarget();
    const asked = !flags.local && !flags.aws && !flags.provider;
    const blueprint = flags.blueprint ?? (asked && file === undefined ? await this.askBlueprint() : undefined);
    const provider = flags.provider ?? (asked && target === 'local' ? await this.askProvider() : undefined);
    const { name, domain, set, charts, with: parts } = flags;
    const rememberedParts = async (environment: string) =>
      remembers && parts === undefined ? ((await readRecord(this.ports.paths, environment))?.parts ?? []) : [];
    const environment = await loadEnvironment({
      ...{ file, cwd, target, blueprint, name, domain, set, charts, parts, rememberedParts, provider },
    });
    if (file === undefined) {
      this.say(
        `There is no platform.yaml here: using the blueprint ${environment.blueprint ?? ''}` +
          (blueprint === undefined ? ' (`platform init` writes a file)' : ''),
      );
    }
    return environment;
  }

  private askTarget(): Promise<Target> {
    return this.prompts.select<Target>({
      message: 'Where to build it?',
      flag: '--local or --aws',
      choices: [
        { name: 'on this machine', value: 'local', description: 'a local replica; free, and gone with one command' },
        { name: 'on AWS', value: 'aws', description: 'VPC, EKS, RDS and more; about 15 minutes, billed by the hour' },
      ],
    });
  }

  private async askBlueprint(): Promise<string> {
    const names = await blueprintNames();
    if (names.length < 2) return defaultBlueprint;
    return this.prompts.select({
      message: 'Which environment to start from?',
      flag: '--blueprint NAME',
      initial: defaultBlueprint,
      choices: names.map((name) => ({ name, value: name })),
    });
  }

  // Measured on two cores; see docs/performance.md.
  private askProvider(): Promise<LocalProvider | 'auto'> {
    return this.prompts.select<LocalProvider | 'auto'>({
      message: 'What makes the cluster?',
      flag: '--provider NAME',
      choices: [
        { name: 'whatever fits this machine', value: 'auto', description: 'says which, and why' },
        {
          name: 'kind',
          value: 'kind',
          description:
            'a real cluster in Docker or Podman: about a minute and 4 GB of memory; the first time it pulls images',
        },
        {
          name: 'minikube',
          value: 'minikube',
          description: 'the same in a minikube of one node, for those who have it already',
        },
        {
          name: 'embedded',
          value: 'embedded',
          description:
            'a real control plane, simulated nodes: about 25 s and 1 GB of memory; the first time it fetches its tools',
        },
      ],
    });
  }
}
