import { java } from './java.js';
import { keychain } from './keychain.js';
import { node } from './node.js';
import { nss } from './nss.js';
import type { StoreName, TrustMachine, TrustStore } from './store.js';
import { systemStore } from './system-store.js';

/** The stores that there can be on a machine, of those asked for; all of them without a choice. */
export function storesFor(
  { platform }: Pick<TrustMachine, 'platform'>,
  names: readonly StoreName[] = [],
): readonly TrustStore[] {
  const os = platform === 'darwin' ? keychain : systemStore;
  return [os, nss, java, node].filter(({ name }) => names.length === 0 || names.includes(name));
}
