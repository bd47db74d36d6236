import { readFileSync } from 'node:fs';
import { z } from '@hono/zod-openapi';

/**
 * Prints `N passed, N failed` over vitest's JSON reports, and the names of what failed before it. A report that is
 * missing or cannot be read counts as one failure: its suite did not end. Further arguments `NAME=passed` and `NAME=failed`
 * are checks that are no tests.
 */
const Report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numTotalTests: z.int(),
  numPendingTests: z.int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

let passed = 0;
let failed = 0;
for (const argument of process.argv.slice(2)) {
  const [, name, result] = /^([\w:-]+)=(passed|failed)$/.exec(argument) ?? [];
  if (result === 'passed') passed += 1;
  else if (result === 'failed') {
    failed += 1;
    console.log(`failed: ${name}`);
  } else addReport(argument);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function addReport(path: string): void {
  let report;
  try {
    report = Report.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    console.log(`failed: there is no report ${path}`);
    failed += 1;
    return;
  }
  passed += report.numPassedTests;
  // What was skipped guaranteed nothing: CONTRIBUTING.md allows no skips.
  const notRun = report.numTotalTests - report.numPassedTests - report.numFailedTests;
  failed += report.numFailedTests + notRun;
  for (const file of report.testResults) {
    for (const { fullName, status } of file.assertionResults) {
      if (status !== 'passed') console.log(`${status}: ${file.name}: ${fullName}`);
    }
    // A file that could not be loaded has no tests to count.
    if (file.status === 'failed' && file.assertionResults.every(({ status }) => status === 'passed')) {
      failed += 1;
      console.log(`failed: ${file.name}: ${file.message?.split('\n')[0] ?? 'could not be run'}`);
    }
  }
}
