import type { Reporter, TestModule } from 'vitest/node';

/** Closes every test run with one plain line of counts, for machines that read the log. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      let broken = !module.ok();
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'failed') broken = false;
        if (state !== 'pending') counts[state] += 1;
      }
      // A file that failed outside its tests, such as on an import.
      if (broken) counts.failed += 1;
    }
    const line = `${String(counts.passed)} passed, ${String(counts.failed)} failed, ${String(counts.skipped)} skipped`;
    process.stdout.write(`\n${line}\n`);
  }
}
