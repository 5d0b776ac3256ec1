import type { Finding } from '../../record.js';
import { answerOf, problemOf } from '../asked.js';
import type { Check } from '../check.js';

const check = 'network-policies';

/** Whether the pod network enforces what a cut consists of. */
export const checkNetworkPolicies: Check = ({ fault }, { simulation, networkPolicies }) => {
  // Of a rehearsal it is said elsewhere that nothing is cut.
  if (fault.type !== 'cut' || simulation !== undefined) return [];
  const finding = answerOf(networkPolicies);
  if (finding === 'enforced') return [{ check, level: 'ok', message: 'NetworkPolicies are enforced, as was tried' }];
  const tell = (level: Finding['level'], message: string, fix: string): readonly Finding[] => [
    { check, level, link: 'fault', message, fix: [fix] },
  ];
  if (finding === 'open') {
    const message = 'NetworkPolicies are not enforced by this pod network: nothing would be cut';
    return tell('inconclusive', message, 'make the environment with local.cni: calico');
  }
  const why = problemOf(networkPolicies) ?? 'it was not tried on this pod network';
  return tell(
    'warning',
    `whether NetworkPolicies are enforced is not known: ${why}`,
    'run `platform up`, which tries it',
  );
};
