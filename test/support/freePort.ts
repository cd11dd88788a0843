import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port that was free a moment ago, for programs that cannot tell which they took. It is below the ports that the kernel hands out,
 * because on a busy machine another connection soon takes one of those.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(10_000, 32_768)
  return (await isFree(port)) ? port : freePort()
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
