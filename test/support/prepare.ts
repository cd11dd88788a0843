import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './binary.js'

/**
 * Runs once before all tests. The command that they start is the one that users get, built from the source as it is now.
 * Everything that a test or a process of it leaves in the temporary folder is gone at the end: also what a killed process left.
 */
export default function prepare(): () => void {
  execFileSync('make', ['--silent', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const folder = mkdtempSync(join(tmpdir(), 'vodflow-test-'))
  process.env.TMPDIR = folder
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
