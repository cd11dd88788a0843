import { createInterface } from 'node:readline/promises'

/** Asks a person to confirm. Returns false without a terminal. */
export async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false })
  const answer = await terminal.question(`${question} (y/N) `)
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}
