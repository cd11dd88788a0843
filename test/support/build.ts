import { execFileSync } from 'node:child_process'
import { root } from './binary.js'

/** Once before all tests: the command that they start is the one that users get, built from the source as it is now. */
export default function build(): void {
  execFileSync('make', ['--silent', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
}
