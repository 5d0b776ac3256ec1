import type { ContainerEngine } from '../../containers/engine.js';
import type { RegistryService } from './service.js';

/** Why a container of the right name is left alone. */
export function foreignContainer({ name, title }: RegistryService): string {
  return `there is a container ${name} already, which is not the ${title} of this program`;
}

export function foreignFix({ name }: RegistryService, engine: ContainerEngine): string[] {
  return [
    `give it another name: ${engine.name} rename ${name} NAME`,
    `or remove it: ${engine.name} rm --force ${name}`,
  ];
}
