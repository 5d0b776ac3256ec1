import { withFlag } from '../environment/parts.js';
import type { UpResult } from '../usecases/up.js';
import { unansweredNote } from './open-url-text.js';
import type { Style } from './style.js';
import { table } from './table.js';

/** What one has after `up`: addresses, what is not real about them, and the next commands. */
export function upText(result: UpResult, { paint, symbols }: Style): string {
  const { environment, provider, simulation, urls, unreachable, unwanted } = result;
  const served = simulation === undefined ? '' : ` ${paint('dim', `(${unansweredNote(urls)})`)}`;
  const addresses =
    urls.length > 0
      ? [
          `Addresses${served}`,
          table(
            urls.map(({ url, namespace, ingress }) => [url, `${namespace}/${ingress}`]),
            { indent: 2 },
          ),
        ]
      : [];
  const surplus =
    unwanted.length > 0
      ? [`No longer wanted: ${unwanted.join(', ')}; \`platform up --local${withFlag(result)} --prune\` uninstalls them`]
      : [];
  return [
    ...addresses,
    ...unreachable.map((warning) => `  ${paint('yellow', symbols.warning)} ${warning}`),
    ...surplus,
    `${symbols.next} kubectl --context platform-${environment} get pods -A`,
    `${symbols.next} platform status${provider === 'embedded' ? '' : `, platform open`}`,
  ].join('\n');
}
