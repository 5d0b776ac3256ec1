import { pasteable } from '../process.js';
import type { TrustedPlace, TrustPlan, TrustResult, TrustStatus } from '../usecases/trust.js';
import type { Style } from './style.js';
import { table } from './table.js';

const stateTexts: Readonly<Record<TrustedPlace['state'], string>> = {
  trusted: 'trusted',
  untrusted: 'not trusted',
  other: 'trusts a former one of ours only',
  unavailable: 'not here',
};

/** Every store with its state, and what the programs without one look at. */
export function trustStatusText({ authority, places, followers }: TrustStatus, style: Style): string {
  const head = authority
    ? `certificate authority ${authority.file}, until ${authority.validTo}`
    : 'There is no certificate authority yet; `platform up --local` or `platform trust install` makes it';
  const rows = followers.map(({ program, looksAt, isTrusted }) => [
    program,
    isTrusted === undefined ? looksAt : `${looksAt} (${isTrusted ? 'trusted' : 'not trusted'})`,
  ]);
  const title = style.paint('bold', 'Without a store of their own');
  return [head, '', placesText(places, style), '', title, table(rows, { indent: 2 })].join('\n');
}

/** What is going to be changed, why, and by which commands: before anything is. */
export function trustPlanText({ changes, elevation, authority }: TrustPlan, style: Style, verb: string): string {
  const isSystemWide = changes.some((change) => change.isSystemWide);
  return [
    authority ? `${verb}: ${authority.file} (SHA-256 ${authority.fingerprint.slice(0, 16)})` : verb,
    ...changes.flatMap(({ where, readers, isSystemWide: asRoot, commands }) => [
      `${style.paint('bold', where)} (${readers})`,
      ...commands.map(({ command, args }) => {
        const isBySudo = asRoot && elevation.by !== 'nothing';
        return `  ${style.paint('dim', '$')} ${isBySudo ? 'sudo ' : ''}${pasteable(command, args)}`;
      }),
    ]),
    ...(isSystemWide && elevation.by === 'sudo-asking'
      ? ['sudo asks for your password, as what all users of this machine trust belongs to its administrator.']
      : []),
  ].join('\n');
}

/** What was changed, what stayed, and what is left for a person to do. */
export function trustResultText({ changed, others, advice }: TrustResult, style: Style): string {
  const { paint, symbols } = style;
  return [
    ...changed.map(({ where }) => `${paint('green', symbols.done)} ${where}: changed`),
    ...(others.length > 0 ? [placesText(others, style, false)] : []),
    ...advice.map((line) => `${paint('cyan', symbols.next)} ${line}`),
  ].join('\n');
}

function placesText(places: readonly TrustedPlace[], { paint, symbols }: Style, withFixes = true): string {
  const symbolOf = {
    trusted: paint('green', symbols.done),
    untrusted: paint('yellow', symbols.warning),
    other: paint('yellow', symbols.warning),
    unavailable: paint('dim', symbols.left),
  };
  return places
    .flatMap(({ store, where, state, detail, fix = [] }) => [
      `${symbolOf[state]} ${store.padEnd(5)} ${where === undefined ? '' : `${where}: `}${stateTexts[state]} (${detail})`,
      ...(withFixes ? fix.map((line) => `    ${paint('cyan', symbols.next)} ${line}`) : []),
    ])
    .join('\n');
}
