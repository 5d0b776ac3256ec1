import { isOnThisMachine } from '../registry/address.js';
import { imageReference } from '../registry/image-reference.js';
import type { EngineName } from './engine.js';

/** What Podman must be told to use a registry of this machine, which has no TLS; Docker knows by itself. */
export function insecure(engine: EngineName, reference: string): string[] {
  const registry = imageReference(reference)?.registry;
  return engine === 'podman' && registry !== undefined && isOnThisMachine(registry) ? ['--tls-verify=false'] : [];
}
