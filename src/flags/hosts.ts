import { boolean, string } from '@oclif/core/flags';
import { environmentFlag, environmentFlags } from './environment.js';

/** Flags of the commands about the hosts file. */
export const hostsFlags = {
  environment: environmentFlag,
  'hosts-file': string({
    summary: 'another hosts file than that of the system, such as that of Windows seen from WSL',
    env: 'PLATFORM_HOSTS_FILE',
  }),
};

/** For an environment that was not begun yet. */
export const hostsSourceFlags = {
  file: environmentFlags.file,
  blueprint: environmentFlags.blueprint,
  domain: environmentFlags.domain,
  with: environmentFlags.with,
};

export const yesFlag = boolean({ summary: 'write without asking', env: 'PLATFORM_YES' });
