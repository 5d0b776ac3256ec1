import { z } from 'zod';
import { links, loadTools } from '../chaos/drill.js';
import { labelOf, text } from './schema-text.js';

const duration = text('a duration, such as 500ms, 30s or 2m', /^(\d+(\.\d+)?(ms|s|m|h))+$/);
const workload = text('a workload, such as deployment/auth or statefulset/postgres', /^(deployment|statefulset)\/\S+$/);
const count = z.int('a whole number from 1').min(1, 'a whole number from 1');
const alertNames = z.array(text('the name of an alert', /^[a-zA-Z_][a-zA-Z0-9_]*$/)).nullable();
const url = text('a URL', /^https?:\/\/\S+$/);

/** The ways to break something; a fault has exactly one of them. */
export const faultKinds = ['scale', 'kill', 'drain', 'cut', 'load'] as const;
export type FaultKind = (typeof faultKinds)[number];

const fault = z.strictObject({
  scale: workload.optional().describe('A workload that is scaled; to: says to how many replicas'),
  kill: workload.optional().describe('A workload whose pods are deleted; count: says how many of them'),
  drain: text('a node, or a workload one of whose nodes is meant', /^(node|deployment|statefulset)\/\S+$/)
    .optional()
    .describe('A node that is drained, by its name (node/NAME) or by a workload that runs on it'),
  deleteEmptyDirData: z
    .boolean('true or false')
    .optional()
    .describe('Whether pods may be evicted that keep something in an emptyDir, which is lost; false without it'),
  cut: workload.optional().describe('A workload whose pods are cut off from the network; direction: says which way'),
  load: url.optional().describe('A URL that is put under load'),
  namespace: labelOf(63).optional().describe('Namespace of the workload'),
  to: z.int('a whole number from 0').min(0, 'a whole number from 0').optional().describe('Replicas to scale to'),
  count: z
    .union([count, z.literal('all')], 'a whole number from 1, or all')
    .optional()
    .describe('How many pods to delete; 1 without it'),
  direction: z
    .enum(['ingress', 'egress', 'both'])
    .optional()
    .describe('What is cut off: what comes in, what goes out, or both (without it)'),
  connections: z
    .enum(['end', 'keep'])
    .optional()
    .describe(
      'What becomes of connections that are open when the network is cut: end (without it), for which the pods are made anew, or keep, since a policy stops only new ones',
    ),
  of: workload.optional().describe('The workload that the load reaches'),
  requests: count.optional().describe('At least so many requests; 100000 without it'),
  workers: count.optional().describe('Requests at once; 100 without it'),
  with: z.enum(loadTools).optional().describe('The program that makes the load; hey without it'),
  atMost: duration.optional().describe('How long the load may go on, whatever the autoscaler does; 5m without it'),
  simulated: z
    .strictObject({
      rate: z.number('a number above 0').positive('a number above 0').optional().describe('Requests a second'),
      cpu: duration.optional().describe('Processor time that each request costs'),
    })
    .nullable()
    .optional()
    .describe('What a rehearsal pretends, where no pod really works: 300 requests a second of 5ms without it'),
});

const expectation = z.strictObject({
  symptom: z
    .strictObject({
      url: url.optional().describe('What a user asks for'),
      status: z
        .int('an HTTP status')
        .min(100, 'an HTTP status')
        .max(599, 'an HTTP status')
        .optional()
        .describe('HTTP status of the answer'),
      text: text('a text').optional().describe('Text on the page'),
    })
    .nullable()
    .optional()
    .describe('What users are meant to see while the fault lasts'),
  alerts: alertNames.optional().describe('Alerts that must fire, be delivered, and clear again'),
  mayFire: alertNames
    .optional()
    .describe('Alerts that follow from the fault and may fire as well; any other is a weakness'),
  receiver: text("the name of one of Alertmanager's receivers")
    .optional()
    .describe("Alertmanager's receiver that gets the alerts"),
  autoscaler: z
    .strictObject({
      name: labelOf(63).optional().describe('Name of the HorizontalPodAutoscaler'),
      namespace: labelOf(63).optional().describe('Its namespace; that of the fault without it'),
      reaches: count.optional().describe('Replicas it has to reach; its own maximum without it'),
    })
    .nullable()
    .optional()
    .describe('An autoscaler that has to go up under the load, and back to where it was'),
  load: z
    .strictObject({
      successes: z
        .number('a share from 0 to 1')
        .min(0, 'a share from 0 to 1')
        .max(1, 'a share from 0 to 1')
        .optional()
        .describe('Share of the answers that have a status of 2xx, from 0 to 1; 0.99 without it'),
      p95: duration.optional().describe('Time within which 95 of 100 requests are answered'),
    })
    .nullable()
    .optional()
    .describe('How the load has to be answered'),
});

const content = {
  summary: text('a sentence').optional().describe('What the drill is about, in one sentence'),
  fault: fault
    .optional()
    .describe('What is broken, or put under load, on purpose: exactly one of scale, kill, drain, cut, load'),
  expect: expectation.optional().describe('What should be seen'),
  budgets: z
    .partialRecord(z.enum(links), duration.nullable(), 'a map of links to durations')
    .nullable()
    .optional()
    .describe(
      'How long a link of the chain may take after the one before it, instead of what the live configuration predicts',
    ),
  hold: duration
    .optional()
    .describe('How long the fault goes on once all expected alerts were delivered; 0s without it'),
};

const drill = z
  .strictObject(content)
  .nullable()
  .describe(
    'A failure simulation; {} takes all from the bundled one of that name, null leaves out one that the blueprint brings',
  );

/** `drills:` of an environment file. */
export const drills = z.record(labelOf(53), drill).nullable();

export type DrillContent = NonNullable<z.infer<typeof drill>>;

/** `assets/drills/<name>.yaml`, or a file that is given to `platform chaos run`. */
export const drillFileSchema = z
  .strictObject({
    apiVersion: z.literal('platform/v1alpha1').describe('Version of this format'),
    kind: z.literal('Drill').describe('What this file describes'),
    ...content,
  })
  .meta({ title: 'platform drill', description: 'A failure simulation and what should be seen of it' });
