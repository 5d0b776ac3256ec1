import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../../src/chaos/drill.js';
import { checkOwners } from '../../../../src/chaos/preflight/checks/owners.js';
import { givenDrill, givenFacts, givenTarget, inWords, postgres, scaleToZero } from '../given.js';

const found = (metadata: object, fault: Fault = scaleToZero) =>
  inWords(
    checkOwners(
      givenDrill({ fault }),
      givenFacts({ target: { answer: { object: givenTarget({}, metadata), pods: [], others: [] } } }),
      {},
    ),
  );
const subject = 'statefulset/postgres in app-services';
const kill: Fault = { type: 'kill', target: postgres, count: 1 };
const owned = { ownerReferences: [{ kind: 'Cluster', name: 'main', controller: true }] };

describe('who else manages the target', () => {
  it('is nobody', () => {
    expect(found({})).toEqual([`ok: nobody else manages ${subject}`]);
    expect(found({ ownerReferences: [{ kind: 'Backup', name: 'b' }] })[0]).toContain('ok:');
  });

  it('is an operator, which undoes what is scaled and may answer anything else', () => {
    expect(found(owned)).toEqual([
      `refused fault: ${subject} belongs to Cluster main: its operator would undo the fault`,
    ]);
    expect(found(owned, kill)).toEqual([
      `note fault: ${subject} belongs to Cluster main: its operator may answer the fault in its own way`,
    ]);
  });

  it.each([
    [{ annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/StatefulSet:x/y' } }, 'Argo CD'],
    [{ labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'Argo CD'],
    [{ labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }, 'Flux'],
    [{ labels: { 'helm.toolkit.fluxcd.io/name': 'shop' } }, 'Flux'],
  ])('is what follows a repository: %j', (metadata, name) => {
    expect(found(metadata)[0]).toContain(`refused fault: ${subject} is managed by ${name}, which would undo the fault`);
    // What is killed is no difference from a repository.
    expect(found(metadata, kill)[0]).toContain('ok:');
  });
});
