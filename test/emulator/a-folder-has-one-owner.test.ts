import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lockFolder } from '../../src/emulator/folderLock.js'
import { startEmulator } from '../../src/emulator/index.js'
import { root } from '../support/binary.js'
import { keyFlags, refusal, runEmulatorCommand } from './commandLine.js'

const folder = mkdtempSync(join(tmpdir(), 'vodflow-lock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const newFolder = () => mkdtempSync(join(folder, 'data-'))
const marksOf = (data: string) => readdirSync(join(data, '.lock'))
const release = (locked: ReturnType<typeof lockFolder>) => 'release' in locked && locked.release()

test('a second local VOD on a folder is refused before it writes anything', async () => {
  const data = join(newFolder(), 'vod')
  const first = await runEmulatorCommand(['--port', '0', '--media', 'instant', '--data', data])
  const journal = readFileSync(join(data, 'journal.jsonl'))
  const names = readdirSync(data, { recursive: true }).sort()
  const { code, problem } = await refusal(['--port', '0', ...keyFlags, '--data', data])
  expect(problem).toContain(
    `--data ${data}: is in use by process ${first.child.pid}. Use another one, or stop that process first`,
  )
  expect(code).toBe(1)
  expect(readdirSync(data, { recursive: true }).sort()).toEqual(names)
  expect(readFileSync(join(data, 'journal.jsonl'))).toEqual(journal)
  expect(await first.stop('SIGTERM')).toBe(0)
  const next = await runEmulatorCommand(['--port', '0', '--media', 'instant', '--data', data])
  expect(await next.stop('SIGTERM')).toBe(0)
})

test('two local VODs in one process do not share a folder', async () => {
  const dataDir = newFolder()
  const options = { secretId: 'i', secretKey: 'k', media: 'instant', dataDir } as const
  const first = await startEmulator(options)
  await expect(startEmulator(options)).rejects.toThrow(
    `The data folder ${dataDir} is in use by process ${process.pid}`,
  )
  await first.close()
  await (await startEmulator(options)).close()
})

test('a process that was killed does not keep its folder, nor does a later one with its pid', async () => {
  const data = newFolder()
  const killed = await runEmulatorCommand(['--port', '0', '--media', 'instant', '--data', data])
  await killed.stop('SIGKILL')
  const [mark = ''] = marksOf(data)
  const dead = JSON.parse(readFileSync(join(data, '.lock', mark), 'utf8'))
  expect(dead.pid).toBe(killed.child.pid)
  release(lockFolder(data))
  writeFileSync(
    join(data, '.lock', marksOf(data)[0] as string),
    JSON.stringify({ ...dead, pid: process.pid }),
  )
  expect(lockFolder(data)).toHaveProperty('release')
  expect(lockFolder(data)).toMatchObject({ owner: { pid: process.pid } })
})

test('a killed process that nobody has waited for does not keep its folder', async () => {
  const data = newFolder()
  const code = `import { lockFolder } from './src/emulator/folderLock.js'; console.log('release' in lockFolder(process.argv[1])); setInterval(() => {}, 1000)`
  const script = `"$0" --import tsx --input-type module -e '${code.replaceAll("'", `'\\''`)}' "$1" & echo $!; exec sleep 1000`
  const shell = spawn('sh', ['-c', script, process.execPath, data], { cwd: root })
  let said = ''
  shell.stdout.on('data', (chunk) => {
    said += chunk
  })
  await expect.poll(() => said).toMatch(/true/)
  expect(lockFolder(data)).toMatchObject({ owner: { pid: Number(/\d+/.exec(said)?.[0]) } })
  process.kill(Number(/\d+/.exec(said)?.[0]), 'SIGKILL')
  await expect.poll(() => 'release' in lockFolder(data)).toBe(true)
  shell.kill('SIGKILL')
  await once(shell, 'close')
})

test('a process of another machine is taken as running, with the way out', async () => {
  const data = newFolder()
  mkdirSync(join(data, '.lock'))
  writeFileSync(join(data, '.lock', '7'), JSON.stringify({ host: 'elsewhere', pid: 1, started: '5' }))
  const { code, problem } = await refusal(['--port', '0', ...keyFlags, '--data', data])
  expect(problem).toContain(
    `is in use by process 1 of elsewhere. Use another one, or stop that process first; if it is gone, delete ${join(data, '.lock')}`,
  )
  expect(code).toBe(1)
  expect(existsSync(join(data, 'journal.jsonl'))).toBe(false)
})

test('of many that start at the same moment, on a folder whose owner was killed, one gets it', async () => {
  const code = `
    import { lockFolder } from './src/emulator/folderLock.js'
    process.stdin.on('data', (folder) => {
      const locked = lockFolder(folder.toString().trim())
      console.log('release' in locked ? 'owner' : 'refused')
    })
    console.log('ready')`
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--import', 'tsx', '--input-type', 'module', '-e', code], { cwd: root }),
  )
  const said = children.map(() => '')
  for (const [index, child] of children.entries())
    child.stdout.on('data', (chunk) => {
      said[index] += chunk
    })
  const lines = (pattern: RegExp) => said.join('').match(pattern)?.length ?? 0
  await expect.poll(() => lines(/ready/g)).toBe(6)
  for (let round = 1; round <= 20; round++) {
    const data = newFolder()
    if (round % 2 === 0) {
      mkdirSync(join(data, '.lock'))
      writeFileSync(
        join(data, '.lock', '3'),
        JSON.stringify({ host: 'x', pid: 2 ** 22 + 1 }).replace('x', (await import('node:os')).hostname()),
      )
    }
    for (const child of children) child.stdin.write(`${data}\n`)
    await expect.poll(() => lines(/owner|refused/g)).toBe(6 * round)
    expect(lines(/owner/g)).toBe(round)
    expect(marksOf(data)).toHaveLength(1)
  }
  for (const child of children) child.kill('SIGKILL')
})

test('what cannot be opened in a folder is named, and the folder is free again', async () => {
  const dataDir = newFolder()
  mkdirSync(join(dataDir, 'journal.jsonl'))
  const options = { secretId: 'i', secretKey: 'k', media: 'instant', dataDir } as const
  await expect(startEmulator(options)).rejects.toThrow(
    `The data folder ${dataDir} has a journal.jsonl that is not a regular file. Use another one`,
  )
  rmSync(join(dataDir, 'journal.jsonl'), { recursive: true })
  await (await startEmulator(options)).close()
})
