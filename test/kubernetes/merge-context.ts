import { mergeContext, removeContext } from '../../src/kubernetes/kubeconfig.js';

/** Edits a kubeconfig as a process of its own would: `tsx merge-context.ts FILE NAME COUNT`. */
const [, , file = '', name = '', count = '0'] = process.argv;
for (let index = 0; index < Number(count); index += 1) {
  const context = `${name}-${String(index)}`;
  await mergeContext(file, context, { cluster: { server: `https://${context}` }, user: { token: context } });
  await mergeContext(file, 'passing', { cluster: { server: 'https://passing' }, user: { token: name } });
  await removeContext(file, `${name}-gone`);
}
