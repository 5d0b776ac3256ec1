import { describe, expect, it } from 'vitest';
import { unstableFields } from '../../../src/releases/argocd/unstable-fields.js';

const secret = (password: string, more = '') => `---
# Source: shop/templates/secret.yaml
apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
data:
  password: ${password}
  user: app
${more}`;

describe('fields that a chart renders differently each time', () => {
  it('are none where two renderings are equal', () => {
    expect(unstableFields(secret('a'), secret('a'))).toEqual([]);
    expect(unstableFields(secret('a'), `${secret('a')}\n# another comment\n`)).toEqual([]);
  });

  it('are named by their object and their place in it', () => {
    expect(unstableFields(secret('a'), secret('b', '  more: x'))).toEqual([
      { kind: 'Secret', name: 'db', namespace: 'shop', jsonPointers: ['/data/password', '/data/more'] },
    ]);
  });

  it('are found in lists, which are taken as a whole where they differ in length', () => {
    const hooks = (bundle: string, rules: string) => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: hooks, annotations: { "a/b~c": ${bundle} } }
webhooks:
  - { name: one, clientConfig: { caBundle: ${bundle} } }
  - { name: two, rules: ${rules} }
`;
    expect(unstableFields(hooks('x', '[1]'), hooks('y', '[1, 2]'))).toEqual([
      {
        ...{ group: 'admissionregistration.k8s.io', kind: 'ValidatingWebhookConfiguration', name: 'hooks' },
        jsonPointers: ['/metadata/annotations/a~1b~0c', '/webhooks/0/clientConfig/caBundle', '/webhooks/1/rules'],
      },
    ]);
  });

  it('cannot be named in an object that has another name each time', () => {
    const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: { name: test-${name} }\n`;
    expect(unstableFields(pod('x'), pod('y'))).toEqual([]);
  });
});
