import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../../src/kubernetes/object-differences.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { shownFields } from '../../../src/releases/drift/object-difference.js';

function shown(kind: string, live: object, intended: object) {
  const object = (content: object): KubernetesObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'web' },
    ...content,
  });
  return shownFields(differencesOf(object(live), object(intended)), object(live), object(intended));
}

describe('a difference that is shown', () => {
  it('holds no value of a Secret, whatever its key is called', () => {
    const fields = shown('Secret', { data: { colour: 'Ymx1ZQ==', old: 'eA==' } }, { data: { colour: 'cmVk' } });
    expect(fields).toEqual([
      { path: 'data.colour', live: '***', intended: '***' },
      { path: 'data.old', live: '***' },
    ]);
  });

  it('does not hold a whole Secret where all of its data is new', () => {
    const fields = shown('Secret', {}, { data: { colour: 'cmVk' }, stringData: { plain: 'hunter2' } });
    expect(fields).toEqual([
      { path: 'data', intended: { colour: '***' } },
      { path: 'stringData', intended: { plain: '***' } },
    ]);
  });

  it('masks what looks secret elsewhere', () => {
    const pod = (value: string) => ({
      spec: {
        env: [
          { name: 'DB_PASSWORD', value },
          { name: 'COLOUR', value },
        ],
      },
    });
    expect(shown('Pod', pod('hunter2'), pod('hunter3'))).toEqual([
      { path: 'spec.env[DB_PASSWORD].value', live: '***', intended: '***' },
      { path: 'spec.env[COLOUR].value', live: 'hunter2', intended: 'hunter3' },
    ]);
    const file = (text: string) => ({ data: { 'app.conf': text } });
    expect(shown('ConfigMap', file('colour: red\npassword: hunter2'), file('colour: blue\npassword: hunter3'))).toEqual(
      [{ path: 'data["app.conf"]', live: 'colour: red\npassword: ***', intended: 'colour: blue\npassword: ***' }],
    );
  });
});
