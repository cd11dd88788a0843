// npm run verify:long -- [--seed N] [--jobs N] [--seeds N] [--skip NAME...]
// Runs every fault run that is too long for `make test`, and writes docs/verification.md.
import { execFile, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { Command } from 'commander'
import { root } from '../test/support/binary.js'

interface Ended {
  readonly command: string
  readonly seconds: number
  readonly code: number | null
  /** The last lines of its output. */
  readonly tail: string
}

/** Number of lines of a run in the report. Each run ends with its figures and verdicts. */
const tailLines = 32

const whole = (text: string) => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Error(`"${text}" is not a whole number above 0`)
}
const { seed, jobs, seeds, skip } = new Command('verify:long')
  .option('--seed <number>', 'the first seed of each run', whole, Math.floor(Math.random() * 1e8) + 1)
  .option(
    '--jobs <number>',
    'jobs of the whole chaos run; each run of a single net has a fifth of them',
    whole,
    1_000,
  )
  .option('--seeds <number>', 'number of simulated days, each with a seed of its own', whole, 100)
  .option('--skip <names...>', 'runs to leave out: chaos, explore, outcomes, cases, simulate, fuzz', [])
  .parse()
  .opts<{ seed: number; jobs: number; seeds: number; skip: readonly string[] }>()

const each = String(Math.max(1, Math.round(jobs / 5)))
const nets = ['push', 'pull', 'sweep', 'look']
const commands: readonly (readonly string[])[] = [
  ['chaos', '--jobs', String(jobs), '--seed', String(seed)],
  ...nets.map((net, index) => ['chaos', '--jobs', each, '--seed', String(seed + 1 + index), '--only', net]),
  ['explore'],
  ['outcomes'],
  ['cases'],
  ['simulate', '--seeds', String(seeds), '--from', String(seed)],
  ['fuzz', '--count', '100000', '--seed', String(seed)],
]

const ended: Ended[] = []
for (const [script = '', ...args] of commands) {
  if (skip.includes(script)) continue
  const command = `npm run ${script} -- ${args.join(' ')}`
  console.log(`\n==> ${command}`)
  ended.push({ command, ...(await run(script, args)) })
}
const file = join(root, 'docs/verification.md')
await writeFile(file, await pageOf(ended))
const bad = ended.filter(({ code }) => code !== 0)
console.log(
  `\n${file}\n${bad.length === 0 ? 'ok   every run passed' : `BAD  ${bad.length} of ${ended.length} runs failed`}`,
)
process.exitCode = bad.length === 0 ? 0 : 1

function run(script: string, args: readonly string[]): Promise<Omit<Ended, 'command'>> {
  const startedAt = performance.now()
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    process.stdout.write(chunk)
    printed += chunk
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({
        code,
        seconds: Math.round((performance.now() - startedAt) / 1_000),
        tail: stripVTControlCharacters(printed)
          .replaceAll(root.replace(/\/$/, ''), '.')
          .trimEnd()
          .split('\n')
          .slice(-tailLines)
          .join('\n'),
      }),
    )
  })
}

async function pageOf(runs: readonly Ended[]): Promise<string> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd: root })).stdout.trim()
  const changed =
    (await git('status', '--porcelain', '--untracked-files=no')) === '' ? '' : ', with uncommitted changes'
  const rows = runs.map(
    ({ command, seconds, code }) =>
      `| \`${command}\` | ${seconds} s | ${code === 0 ? 'passed' : `failed (exit code ${code})`} |`,
  )
  const details = runs.map(({ command, tail }) => `## ${command}\n\n\`\`\`text\n${tail}\n\`\`\``)
  return `# Verification

This page reports the fault runs that take too long for \`make test\`. \`npm run verify:long\` runs them and writes this page; [Faults](faults.md) says what each run does and how it is
judged.

- Commit: ${await git('rev-parse', '--short', 'HEAD')}${changed}
- Date: ${new Date().toISOString().slice(0, 10)}
- Machine: ${availableParallelism()} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}${skip.length === 0 ? '' : `\n- Left out: ${skip.join(', ')}`}

| command | time | result |
|---|---|---|
${rows.join('\n')}

${details.join('\n\n')}
`
}
