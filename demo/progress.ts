import type { Progress } from 'vodflow'

const width = 30

/** Draws a run's progress: a bar that redraws itself in a terminal, a line for each change in a pipe. */
export function showProgress(): (progress: Progress) => void {
  let last = ''
  return (progress) => {
    const line = lineOf(progress)
    if (line === last) return
    last = line
    if (process.stdout.isTTY)
      process.stdout.write(`\r\x1b[2K${line}${progress.phase === 'settled' ? '\n' : ''}`)
    else console.log(line)
  }
}

function lineOf({ phase, percent, tasks }: Progress): string {
  const done = Math.round((percent / 100) * width)
  const bar = `${'#'.repeat(done)}${'.'.repeat(width - done)}`
  const each = tasks.map(({ TaskType, Status }) => `${TaskType} ${Status}`).join(', ')
  return `  [${bar}] ${String(percent).padStart(3)} %  ${phase}${each === '' ? '' : `: ${each}`}`
}
