import { type AddressInfo, createServer } from 'node:net'

/** A port that must be free, or a preferred one that any free port may replace. */
export type WantedPort = number | { readonly preferred: number }

/** Holds each port until all are found, so that none is found twice. Then releases all, even if one is not available. */
export async function freePorts(
  wanted: readonly WantedPort[],
  onProgress: (line: string) => void,
): Promise<number[]> {
  const held = await Promise.allSettled(wanted.map((each) => holdWanted(each, onProgress)))
  const ports = await Promise.all(
    held.map(async (each) => {
      if (each.status === 'fulfilled') await each.value.release()
      return each
    }),
  )
  return ports.map((each) => {
    if (each.status === 'rejected') throw each.reason
    return each.value.port
  })
}

interface HeldPort {
  readonly port: number
  readonly release: () => Promise<void>
}

async function holdWanted(wanted: WantedPort, onProgress: (line: string) => void): Promise<HeldPort> {
  if (typeof wanted === 'number')
    return hold(wanted).catch((error: unknown) => {
      throw new Error(`port ${wanted} ${problemOf(error)}; pass another one, or 0 for any free port`)
    })
  try {
    return await hold(wanted.preferred)
  } catch (error) {
    const other = await hold(0)
    onProgress(`port ${wanted.preferred} ${problemOf(error)}; using ${other.port} instead`)
    return other
  }
}

/** Returns why a port is not available. */
function problemOf(error: unknown): string {
  const { code } = Object(error) as NodeJS.ErrnoException
  return code === 'EADDRINUSE' ? 'is taken by another program' : `is not available (${code})`
}

function hold(wanted: number): Promise<HeldPort> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve({ port, release: () => new Promise((done) => server.close(() => done())) })
    })
  })
}
