import type { ProviderName } from '../environment/environment.js';

/** Whether a container engine is needed: `perhaps` while the provider follows from what there is. */
export type ContainerNeed = 'yes' | 'perhaps' | 'no';

export function containerNeed(provider: ProviderName | 'auto' | undefined): ContainerNeed {
  switch (provider) {
    case 'kind':
    case 'minikube':
      return 'yes';
    case 'embedded':
      return 'no';
    case 'eks':
    case 'auto':
    case undefined:
      return 'perhaps';
  }
}
