import { matchesSelector } from '../../../kubernetes/label-selector.js';
import { nearest } from '../../../nearest.js';
import type { Finding } from '../../record.js';
import { targetSubject } from '../../target.js';
import { answerOf, problemOf } from '../asked.js';
import type { Check } from '../check.js';
import type { NodeFacts } from '../facts/node.js';

const check = 'node';

/** Whether a node can be drained, and its pods have somewhere to go. */
export const checkNode: Check = ({ fault }, facts) => {
  if (fault.type !== 'drain') return [];
  const problem = problemOf(facts.node);
  if (problem !== undefined) return [{ check, level: 'refused', link: 'fault', message: problem }];
  const found = answerOf(facts.node);
  if (!found) return [];
  const { nodes, candidates } = found;
  if (typeof fault.node === 'string' && !nodes.some(({ name }) => name === fault.node)) {
    return [
      missing(
        fault.node,
        nodes.map(({ name }) => name),
      ),
    ];
  }
  if (candidates.length === 0 && typeof fault.node !== 'string') {
    const message = `no node runs a pod of ${targetSubject(fault.node)}`;
    return [{ check, level: 'refused', link: 'fault', message }];
  }
  const findings = [...cordoned(found), ...nowhereToGo(found), ...heldBack(found)];
  const one = candidates.join(' or ');
  return findings.length > 0 ? findings : [{ check, level: 'ok', message: `node ${one} can be drained` }];
};

function missing(node: string, names: readonly string[]): Finding {
  const near = nearest(node, names);
  const fix = [near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`];
  return { check, level: 'refused', link: 'fault', message: `there is no node ${node}`, fix };
}

function cordoned({ nodes, candidates }: NodeFacts): readonly Finding[] {
  return nodes
    .filter(({ name, isCordoned }) => isCordoned && candidates.includes(name))
    .map(({ name }) => ({
      check,
      level: 'inconclusive',
      link: 'fault',
      message: `node ${name} takes no pods already: somebody has cordoned it`,
      fix: [`kubectl uncordon ${name}`],
    }));
}

/** Of several nodes, one that can be drained is taken. */
function nowhereToGo({ nodes, candidates }: NodeFacts): readonly Finding[] {
  const usable = nodes.filter(({ isReady, isCordoned }) => isReady && !isCordoned);
  const isAlone = (candidate: string) => !usable.some(({ name }) => name !== candidate);
  if (!candidates.every(isAlone)) return [];
  return [
    {
      check,
      level: 'refused',
      link: 'fault',
      message: `there is no other node that takes the pods of ${candidates.join(' or ')}`,
      fix: ['give the environment another worker (`local: { workers: 2 }`)'],
    },
  ];
}

/** A budget that allows no disruption makes a drain wait for ever. */
function heldBack({ pods, budgets }: NodeFacts): readonly Finding[] {
  const strict = budgets.filter(({ status }) => status?.disruptionsAllowed === 0);
  return strict
    .filter(({ metadata, spec }) =>
      pods.some(
        (pod) => pod.metadata.namespace === metadata.namespace && matchesSelector(spec?.selector, pod.metadata.labels),
      ),
    )
    .map(({ metadata }) => ({
      check,
      level: 'weakness',
      link: 'fault',
      message: `the disruption budget ${metadata.name} in ${metadata.namespace ?? 'default'} lets none of its pods go`,
      fix: ['give it another replica, or a smaller minAvailable'],
    }));
}
