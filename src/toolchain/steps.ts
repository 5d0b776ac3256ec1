import type { Step } from '../plan/step.js';
import { pinOf, type ToolName } from './pins.js';
import { describeTool } from './tool.js';
import type { Toolchain } from './toolchain.js';

/** Builds of the largest tools with empty caches take minutes on two cores; a slow line or machine takes longer. */
const budgetMs = 30 * 60_000;
const downloadEstimateMs = 15_000;

/**
 * One step per tool, `tool/<name>`, applied only when something that needs it is. Where they have to be built, they are
 * built in the order of the names: what is needed first comes first.
 */
export function toolSteps(toolchain: Toolchain, names: readonly ToolName[]): Step[] {
  return names.map((name, rank) => {
    const { version, build } = pinOf(toolchain.pins, name);
    return {
      id: `tool/${name}`,
      title: `${name} ${version}`,
      needs: [],
      lane: 'tool',
      budgetMs,
      estimateMs: build ? build.seconds * 1000 : downloadEstimateMs,
      onDemand: true,
      async check() {
        const tool = await toolchain.find(name);
        return tool
          ? { status: 'satisfied', detail: describeTool(tool) }
          : { status: 'needed', reason: 'not here yet' };
      },
      async apply(context) {
        return describeTool(await toolchain.install(name, context, { rank }));
      },
    };
  });
}
