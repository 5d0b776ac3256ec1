import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile } from '../files.js';

/** What to log in to a registry with; `undefined` to ask as nobody. */
export type CredentialsOf = (registry: string) => { readonly username: string; readonly password: string } | undefined;

const configSchema = z.looseObject({
  auths: z
    .record(
      z.string(),
      z.looseObject({ auth: z.string().optional(), username: z.string().optional(), password: z.string().optional() }),
    )
    .optional(),
});

/**
 * Credentials from Docker's own file, as far as they stand in it: `DOCKER_CONFIG`, else `~/.docker`. Credential helpers
 * are programs of others and are not run.
 */
export async function dockerCredentials(
  variables: Readonly<Record<string, string | undefined>>,
): Promise<CredentialsOf> {
  const folder = variables['DOCKER_CONFIG'] || join(variables['HOME'] ?? '', '.docker');
  const config = await readJsonFile(join(folder, 'config.json'), configSchema);
  const byHost = new Map(Object.entries(config?.auths ?? {}).map(([key, entry]) => [hostOf(key), entry]));
  return (registry) => {
    const entry = byHost.get(registry === 'docker.io' ? 'index.docker.io' : registry) ?? byHost.get(registry);
    if (!entry) return undefined;
    const [username = entry.username, ...rest] = decoded(entry.auth);
    const password = rest.length > 0 ? rest.join(':') : entry.password;
    return username && password ? { username, password } : undefined;
  };
}

// Keys are hosts or whole URLs: `ghcr.io`, `https://index.docker.io/v1/`.
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}

function decoded(auth: string | undefined): string[] {
  return auth ? Buffer.from(auth, 'base64').toString('utf8').split(':') : [];
}
