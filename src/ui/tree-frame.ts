import type { Board, BoardStep } from './board.js';
import { grouped } from './groups.js';
import { countOf, createGroup, type Group } from './tree-group.js';
import { groupLine, moreLine, stepLine, warningLine, type FrameOptions } from './tree-line.js';
import { displayWidth, oneLine } from './width.js';

const rowsKeptFree = 2;
const warningsShown = 2;

/**
 * One picture of a run, never more than `rows - 2` lines of at most `columns - 1` columns: a line per group, beneath it
 * what runs and what failed; where that is too much, each group shows an equal number of steps and says how many more.
 */
export function treeFrame(board: Board, options: FrameOptions & { readonly rows: number }): string[] {
  const limit = Math.max(1, options.rows - rowsKeptFree);
  const footer = footerLines(board, options).slice(0, Math.max(0, limit - 2));
  const groups = [...grouped(board.steps.values())].map(([title, steps]) => createGroup(title, steps));
  const visible = mostTelling(groups, limit - footer.length);
  const hidden = groups.length - visible.length;
  const room = limit - footer.length - visible.length - (hidden > 0 ? 1 : 0);
  const lines = groupLines(visible, room, options);
  return [...lines, ...(hidden > 0 ? [moreLine(hidden, 'groups', 0, options)] : []), ...footer];
}

/** The groups there is room for: those in which something happens first, all in their own order. */
function mostTelling(groups: readonly Group[], limit: number): readonly Group[] {
  if (groups.length <= limit) return groups;
  const rank = ({ counts }: Group) => (counts.running > 0 ? 0 : counts.failed > 0 ? 1 : counts.waiting > 0 ? 2 : 3);
  const chosen = new Set([...groups].sort((a, b) => rank(a) - rank(b)).slice(0, Math.max(0, limit - 1)));
  return groups.filter((group) => chosen.has(group));
}

function groupLines(groups: readonly Group[], room: number, options: FrameOptions): string[] {
  const share = fairShare(
    groups.map((group) => group.shown.length),
    room,
  );
  const columns = {
    title: widest(groups.map((group) => group.title)),
    count: widest(groups.map((group) => countOf(group))),
    step: widest(groups.flatMap((group) => group.shown.map((step) => oneLine(step.title)))),
  };
  return groups.flatMap((group) => {
    const steps = group.shown.length <= share ? group.shown : telling(group.shown, share - 1);
    const rest = group.shown.length - steps.length;
    return [
      groupLine(group, columns, { ...options, withRunning: share === 0 }),
      ...steps.map((step) => stepLine(step, columns.step, options)),
      ...(rest > 0 && share > 0 ? [moreLine(rest, '', 4, options)] : []),
    ];
  });
}

/** The most lines that each group may have so that all together fit. */
function fairShare(wanted: readonly number[], room: number): number {
  for (let share = Math.max(0, ...wanted); share > 0; share -= 1) {
    if (wanted.reduce((sum, lines) => sum + Math.min(lines, share), 0) <= room) return share;
  }
  return 0;
}

/** Where not all steps fit, at least one failure is among those that do. */
function telling(steps: readonly BoardStep[], count: number): readonly BoardStep[] {
  const first = steps.slice(0, Math.max(0, count));
  const failure = steps.find((step) => step.status === 'failed');
  return failure && first.length > 1 && !first.includes(failure) ? [...first.slice(0, -1), failure] : first;
}

function footerLines(board: Board, options: FrameOptions): string[] {
  const warnings = board.notices.filter((notice) => notice.level === 'warning').slice(-warningsShown);
  const messages = [...warnings.map((notice) => notice.message), ...(board.interruption ? [board.interruption] : [])];
  return messages.length > 0 ? ['', ...messages.map((message) => warningLine(message, options))] : [];
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(displayWidth));
}
