import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { executable } from '../../../src/emulator/media/binaries.js'
import { root } from '../../support/binary.js'
import { withoutFfmpeg } from '../../support/withoutFfmpeg.js'

it.each(['644', '600', '444', '755'])('a program with mode %s can be executed', async (mode) => {
  const path = join(await mkdtemp(join(tmpdir(), 'vodflow-mode-')), 'ffmpeg')
  await writeFile(path, '#!/bin/sh\necho done\n')
  await chmod(path, Number.parseInt(mode, 8))
  expect(await executable(path)).toBe(path)
  expect(spawnSync(path).stdout.toString()).toBe('done\n')
  expect((await stat(path)).mode & 0o111).not.toBe(0)
})

it.each(['/etc/hostname/ffmpeg', '/nowhere/ffmpeg', join(tmpdir(), 'vodflow-none', 'ffmpeg')])(
  'one whose permission cannot be changed is named with the remedy: %s',
  async (path) => {
    await expect(executable(path)).rejects.toThrow(
      new RegExp(`^${path} cannot be executed.*Run chmod \\+x on it, or install ffmpeg`),
    )
  },
)

it.each(['ffmpeg', 'ffprobe'])('where there is no %s, it says how to install it', (name) => {
  const given = name === 'ffmpeg' ? '{}' : "{ ffmpegPath: '/bin/true' }"
  const module = join(root, 'dist/emulator/media/binaries.js')
  const script = `import('${module}').then(({ findBinaries }) => findBinaries(${given})).catch((error) => console.log(error.message))`
  const { stdout } = spawnSync(process.execPath, ['-e', script], { env: withoutFfmpeg })
  expect(stdout.toString()).toContain(`${name} is not on PATH. Install it`)
  // Both at once, because a machine without one usually lacks the other too.
  expect(stdout.toString()).toContain('npm install -D @ffmpeg-installer/ffmpeg @ffprobe-installer/ffprobe')
})
