import type { Progress } from '../client/index.js'

const width = 30

/** Shows a run's progress: a bar that redraws itself in a terminal, a line for each change in a pipe. */
export function progressView(out: NodeJS.WriteStream = process.stdout): (progress: Progress) => void {
  let last = ''
  return (progress) => {
    const line = lineOf(progress)
    if (line === last) return
    last = line
    if (out.isTTY) out.write(`\r\x1b[2K${line}${progress.phase === 'settled' ? '\n' : ''}`)
    else out.write(`${line}\n`)
  }
}

function lineOf({ phase, percent, tasks }: Progress): string {
  const done = Math.round((percent / 100) * width)
  const bar = `${'#'.repeat(done)}${'.'.repeat(width - done)}`
  const each = tasks.map(({ TaskType, Status }) => `${TaskType} ${Status}`).join(', ')
  return `  [${bar}] ${String(percent).padStart(3)} %  ${phase}${each === '' ? '' : `: ${each}`}`
}
