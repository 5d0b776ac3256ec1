import type { Step } from '../plan/step.js';
import { authorityStep } from './authority-step.js';
import { bundleStep } from './bundle-step.js';
import { issuerSteps } from './issuer-step.js';
import { nodesStep } from './nodes-step.js';
import type { CertificateStepOptions } from './step-options.js';

/** The authority, and everything in a cluster that knows it: nodes, cert-manager, pods. */
export function certificateSteps(options: CertificateStepOptions): Step[] {
  const { machines } = options.provider;
  return [
    authorityStep(options),
    ...(machines ? [nodesStep(machines, options)] : []),
    ...issuerSteps(options),
    bundleStep(options),
  ];
}
