import koffi from 'koffi'

const counts = ['arena', 'ordblks', 'smblks', 'hblks', 'hblkhd', 'usmblks', 'fsmblks', 'uordblks', 'fordblks']
const mallinfo2 = koffi
  .load('libc.so.6')
  .func(
    'mallinfo2',
    koffi.struct('mallinfo2', Object.fromEntries([...counts, 'keepcost'].map((count) => [count, 'size_t']))),
    [],
  )

/**
 * What native code of this process has been given by glibc and has not given back, bytes: of Temporal's core, of Node, and what
 * V8 holds outside of its heaps. Memory that glibc keeps to give it out again is not in it. Linux with glibc 2.33 or later.
 */
export function mallocBytes(): number {
  const { uordblks, hblkhd } = mallinfo2()
  return uordblks + hblkhd
}
