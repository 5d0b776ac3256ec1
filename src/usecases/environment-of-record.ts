import type { Environment } from '../environment/environment.js';
import { loadEnvironment } from '../environment/load.js';
import type { EnvironmentRecord } from '../environment/record.js';
import { defaultLocalSettings } from '../environment/settings.js';
import { messageOf } from '../errors.js';

/** The environment that was begun, as its file or blueprint has it now, or why that cannot be read. */
export async function environmentOfRecord(
  record: EnvironmentRecord,
): Promise<{ readonly environment?: Environment; readonly problem?: string }> {
  const { file, blueprint, name, target, charts, parts = [] } = record;
  const rememberedParts = () => Promise.resolve(parts);
  try {
    return {
      environment: await loadEnvironment({ file, blueprint, name, target, charts, rememberedParts, cwd: '/' }),
    };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** Enough to find the cluster of an environment without its file: providers go by the name. */
export function withoutFile(name: string): Environment {
  return {
    name,
    target: 'local',
    blueprint: undefined,
    domain: `${name}.localhost`,
    protect: false,
    aws: undefined,
    images: {},
    releases: [],
    drills: {},
    parts: [],
    namespaces: {},
    secrets: {},
    file: undefined,
    local: { ...defaultLocalSettings, kubernetes: '', cni: 'none' },
  };
}
