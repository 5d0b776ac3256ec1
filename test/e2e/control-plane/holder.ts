// A run of its own process that holds an environment: its arguments are the kubeconfig, the context and a state folder.
// It says `held` when it does, then stays until it is told to end.
import { systemClock } from '../../../src/clock.js';
import { messageOf } from '../../../src/errors.js';
import { connect } from '../../../src/kubernetes/client.js';
import { pathsFrom } from '../../../src/paths.js';
import { createEventHub } from '../../../src/plan/event-hub.js';
import { createInterruption } from '../../../src/plan/interruption.js';
import { systemProcesses } from '../../../src/process.js';
import { runSteps } from '../../../src/usecases/run-steps.js';

const [kubeconfig = '', context = '', stateFolder = ''] = process.argv.slice(2);
const client = await connect(kubeconfig, context);
const interruption = createInterruption();
process.on('SIGINT', () => {
  interruption.request();
});
const ports = {
  processes: systemProcesses(),
  clock: systemClock,
  paths: pathsFrom({}, stateFolder),
  events: createEventHub(systemClock),
  interruption,
  variables: {},
};
const connection = () => Promise.resolve(client);
const summary = await runSteps(
  { command: 'up', environment: 'shop', stateFolder, connection },
  ({ ensureOwned }) =>
    Promise.resolve([
      {
        id: 'hold',
        title: 'hold',
        needs: [],
        lane: 'wait',
        budgetMs: 120_000,
        estimateMs: 1,
        check: () => Promise.resolve({ status: 'needed', reason: 'always' }),
        async apply({ signal }) {
          await ensureOwned(signal);
          process.stdout.write('held\n');
          await systemClock.sleep(100_000, signal);
          return undefined;
        },
      },
    ]),
  ports,
).catch((error: unknown) => messageOf(error));
process.stdout.write(typeof summary === 'string' ? `${summary}\n` : 'ended\n');
client.close();
