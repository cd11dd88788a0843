import koffi from 'koffi'

const counts = [
  'arena',
  'ordblks',
  'smblks',
  'hblks',
  'hblkhd',
  'usmblks',
  'fsmblks',
  'uordblks',
  'fordblks',
  'keepcost',
]
const fields = Object.fromEntries(counts.map((count) => [count, 'size_t']))
const mallinfo2 = koffi.load('libc.so.6').func('mallinfo2', koffi.struct('mallinfo2', fields), [])

/**
 * Memory of native code of this process: of Temporal's core, of Node, and what V8 holds outside of its heaps. `usedBytes` glibc has
 * given out and not got back, or has in a cache of a thread; `keptBytes` it keeps to give out again. Linux with glibc 2.33 or later.
 */
export function mallocMemory(): Memory {
  const { uordblks, hblkhd, fordblks } = mallinfo2()
  return { usedBytes: uordblks + hblkhd, keptBytes: fordblks }
}

export interface Memory {
  readonly usedBytes: number
  readonly keptBytes: number
}
