import { expect, it } from 'vitest'
import type { UncheckedActivities } from '../../src/workflows/unchecked.js'
import { inEveryFile } from './syntax.js'

/** What makes activities with results of a type that nobody has checked. */
const typed = /\b(proxyActivities|proxyLocalActivities|ActivityInterfaceFor|scheduleActivity)\b/

const usersIn = (file: string, code: string) =>
  file.startsWith('workflows/') && typed.test(code) ? [file] : []

it('workflow code calls activities only where their results have no type yet', async () => {
  expect(await inEveryFile(usersIn)).toEqual(['workflows/unchecked.ts'])
  expect(usersIn('workflows/x.ts', "import { proxyActivities } from '@temporalio/workflow'")).toHaveLength(1)
})

it('the compiler demands a check', async () => {
  const { count }: UncheckedActivities<{ count(): Promise<{ all: number }> }> = { count: async () => null }
  // @ts-expect-error: the result is unknown.
  const all = async () => (await count()).all
  await expect(all()).rejects.toThrow(TypeError)
})
