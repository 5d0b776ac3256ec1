/**
 * What to do about a message of the kubelet that a pod refers to something that is not there: `secret "db" not found`,
 * `couldn't find key password in Secret shop/db`; `undefined` when it says nothing of the kind.
 */
export function missingReference(message: string, namespace: string): string | undefined {
  const [, kind = '', name = ''] = /\b(secret|configmap|serviceaccount) "([^"]+)" not found/i.exec(message) ?? [];
  if (name) return `create ${kinds[kind.toLowerCase()] ?? kind}/${name} in namespace ${namespace}, or correct its name`;
  const [, key = '', holder = '', path = ''] = /find key (\S+) in (Secret|ConfigMap) (\S+)/i.exec(message) ?? [];
  if (key)
    return `add the key ${key} to ${holder}/${path.split('/').at(-1) ?? ''} in namespace ${namespace}, or correct it`;
  const [, unknown = ''] = /references non-existent (?:secret|config) key: (\S+)/i.exec(message) ?? [];
  return unknown ? `add the key ${unknown} to what the volume is made from, or correct it` : undefined;
}

const kinds: Readonly<Record<string, string>> = {
  secret: 'Secret',
  configmap: 'ConfigMap',
  serviceaccount: 'ServiceAccount',
};
