import type { Reporter, TestModule } from 'vitest/node'

/**
 * Names what failed in the last lines of a run: a log is often read from its end, and cut at its beginning. A file whose process went away
 * has no result; it is named too.
 */
export class FailuresLast implements Reporter {
  private readonly running = new Map<string, TestModule>()

  onTestModuleQueued(file: TestModule): void {
    this.running.set(file.moduleId, file)
  }

  onTestModuleEnd(file: TestModule): void {
    this.running.delete(file.moduleId)
  }

  onTestRunEnd(files: readonly TestModule[]): void {
    const failed = files.flatMap((file) => [
      ...file.errors().map(({ message }) => `${file.relativeModuleId}: ${firstLine(message)}`),
      ...[...file.children.allTests('failed')].map(
        (test) =>
          `${file.relativeModuleId} > ${test.fullName}: ${firstLine(test.result().errors?.[0]?.message)}`,
      ),
    ])
    const unfinished = [...this.running.values()].map(
      (file) => `${file.relativeModuleId}: its process ended before its tests did`,
    )
    const lines = [...failed, ...unfinished]
    if (lines.length > 0) console.log(`Failed:\n${lines.map((line) => `  ${line}`).join('\n')}\n`)
  }
}

const firstLine = (text = ''): string => text.slice(0, 1_000).split('\n', 1)[0] ?? ''
