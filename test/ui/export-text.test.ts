import { describe, expect, it } from 'vitest';
import { exportText } from '../../src/ui/export-text.js';
import { createStyle } from '../../src/ui/style.js';
import type { ExportArgoCdResult } from '../../src/usecases/export-argocd.js';

const result: ExportArgoCdResult = {
  ...{ environment: 'shop', folder: '/deploy', path: 'deploy', health: 'argocd-cm.yaml' },
  root: { name: 'shop', file: 'apps.yaml' },
  applications: [
    { name: 'operator-crds', file: 'argocd/operator-crds.yaml', release: 'operator', brings: 'definitions', wave: 0 },
    { name: 'operator', file: 'argocd/operator.yaml', release: 'operator', brings: 'release', wave: 1 },
  ],
  ...{ omitted: [], builtImages: [], unstable: [], secrets: [], boundNamespaces: [] },
  ...{ written: ['apps.yaml'], unchanged: ['a', 'b'], removed: [] },
};
const style = createStyle({ color: false });

describe('an export as text', () => {
  it('shows the waves, and what to do next', () => {
    expect(exportText(result, style)).toBe(`✓ shop in /deploy: files 1 written, 2 unchanged, 0 removed
  wave 0  operator-crds  definitions of operator
  wave 1  operator
→ commit and push /deploy
→ kubectl apply --server-side -f /deploy/argocd-cm.yaml (waves wait for health only then)
→ kubectl apply -f /deploy/apps.yaml`);
  });

  it('says what is left out, kept, and left to people', () => {
    const text = exportText(
      {
        ...result,
        omitted: [{ release: 'calico', reason: 'EKS has its own' }],
        ...{ unstable: ['db'], builtImages: ['api', 'web'], boundNamespaces: ['apps', 'web'] },
        secrets: [
          { name: 'login', namespace: 'monitoring', keys: ['user', 'password'] },
          { name: 'chat', namespace: 'apps', keys: ['url'] },
        ],
      },
      style,
    );
    expect(text).toContain('\n↓ without calico: EKS has its own\n');
    expect(text).toContain('\n• kept as first made, since each rendering has another: secrets and the like of db\n');
    expect(text).toContain(
      '\n! Secrets are not exported; make them first: monitoring/login (user, password); apps/chat (url)\n',
    );
    expect(text).toContain('\n! quotas, container defaults and isolation are not exported: those of apps, web\n');
    expect(text).toContain('\n! Argo CD builds no images: push those of api, web yourself\n');
  });
});
