/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  // Stryker reads it with a compiler API that TypeScript 7 does not have.
  tsconfigFile: 'none',
  // What carries a promise, and is pure.
  mutate: [
    'src/workflows/step/{machine,state,flows,transition,tasks,outcome,unlistedTasks,schedule,crowd}.ts',
    'src/workflows/batch/state.ts',
    'src/contract/{decide,errorCodes,identity,joinAttempts,moderation,moderationCheck,outcome,outcomeCheck,refusal,repair,mediaFailure}.ts',
    'src/contract/{fingerprint,canonicalJson,defaultKey,hint,flowParts,fitOutcome}.ts',
    'src/contract/seal/{token,macKeys,sourceMark,mac}.ts',
  ],
  coverageAnalysis: 'perTest',
  // What a module computes when it is loaded cannot be changed for some tests only. Each such mutant would need all tests.
  ignoreStatic: true,
  concurrency: 2,
  incremental: true,
  incrementalFile: '.cache/mutation.json',
  tempDirName: '.cache/mutation',
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { logTests: false, reportTests: false },
  ignorePatterns: ['/.cache', '/dist', '/docs-site', '/site', '/.vodflow', '/deploy', '/starter', '/bench'],
}
