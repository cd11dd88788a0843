// Checks that the packages installed for users have no known vulnerability of high severity, and that the lock has a hash of each.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { wrongIn } from './lock.js'

interface AuditReport {
  readonly metadata?: { readonly vulnerabilities: { readonly high: number; readonly critical: number } }
  readonly vulnerabilities?: Readonly<
    Record<
      string,
      { readonly severity: string; readonly via: readonly (string | { readonly title: string })[] }
    >
  >
}

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
const wrong = wrongIn(lock)
for (const line of wrong) console.error(line)
console.log(`package-lock.json: ${Object.keys(lock.packages).length - 1} packages, ${wrong.length} wrong`)
if (wrong.length > 0) process.exitCode = 1

const { status, stdout } = spawnSync('npm', ['audit', '--omit=dev', '--audit-level=high', '--json'], {
  encoding: 'utf8',
})
const report: AuditReport = JSON.parse(stdout || '{}')
if (report.metadata) {
  const { high, critical } = report.metadata.vulnerabilities
  console.log(`npm audit: ${high} high, ${critical} critical`)
  for (const [name, { severity, via }] of Object.entries(report.vulnerabilities ?? {}))
    console.log(
      `  ${name}: ${severity}, ${via.map((each) => (typeof each === 'string' ? each : each.title)).join('; ')}`,
    )
  if (status !== 0) process.exitCode = 1
} else {
  // Not every mirror has advisories, and no output would look like "no vulnerabilities".
  console.log(
    'NOT CHECKED for known vulnerabilities: this registry does not answer npm audit. Use one that does.',
  )
}
