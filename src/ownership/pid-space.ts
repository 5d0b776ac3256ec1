import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Names the one boot of the one machine (and container) in which this process's pid means something; `undefined` where
 * the system does not tell. Host names are no proof: laptops and CI jobs often share one.
 */
export function pidSpace(): string | undefined {
  try {
    const facts =
      process.platform === 'linux'
        ? [readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), readlinkSync('/proc/self/ns/pid')]
        : [execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8', stdio: 'pipe' }).trim()];
    return createHash('sha256').update(facts.join(' ')).digest('hex').slice(0, 16);
  } catch {
    return undefined;
  }
}
