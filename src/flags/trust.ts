import { homedir } from 'node:os';
import { boolean, option } from '@oclif/core/flags';
import { storeNames } from '../trust/store.js';
import type { TrustOptions } from '../usecases/trust.js';

export const storesFlag = option({
  summary: 'only these stores, separated by commas: os, nss (Firefox, Chrome on Linux), java, node',
  options: storeNames,
  multiple: true,
  delimiter: ',',
  env: 'PLATFORM_STORE',
})();

export const trustYesFlag = boolean({ summary: 'change the stores without asking', env: 'PLATFORM_YES' });

/** This machine, with what the flags say. */
export function trustOptions(stores: TrustOptions['stores'] | undefined, isInteractive: boolean): TrustOptions {
  return {
    stores: stores ?? [],
    machine: { root: '/', home: homedir(), platform: process.platform },
    isRoot: process.getuid?.() === 0,
    isInteractive,
  };
}
