import { describe, expect, it } from 'vitest';
import { missingReference } from '../../../src/kubernetes/diagnosis/missing-reference.js';

describe('a message of the kubelet', () => {
  it.each([
    ['secret "db" not found', 'create Secret/db in namespace shop, or correct its name'],
    [
      'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found',
      'create Secret/web-tls in namespace shop, or correct its name',
    ],
    ['configmap "settings" not found', 'create ConfigMap/settings in namespace shop, or correct its name'],
    [
      'pods "web-0" is forbidden: error looking up service account shop/web: serviceaccount "web" not found',
      'create ServiceAccount/web in namespace shop, or correct its name',
    ],
    [
      "couldn't find key password in Secret shop/db",
      'add the key password to Secret/db in namespace shop, or correct it',
    ],
    [
      'references non-existent config key: app.yaml',
      'add the key app.yaml to what the volume is made from, or correct it',
    ],
  ])('says what is missing: %s', (message, suggestion) => {
    expect(missingReference(message, 'shop')).toBe(suggestion);
  });

  it('may be about something else', () => {
    expect(missingReference('docker.io/library/nginx:nope: not found', 'shop')).toBeUndefined();
  });
});
