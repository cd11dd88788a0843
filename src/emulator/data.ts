import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { takeFolder, temporaryFolder, writing } from './folder.js'
import { Store } from './store.js'

/** The media folder and the state. */
export interface Data {
  readonly mediaFolder: string
  readonly store: Store
  close(): void
}

/** Opens the state in a folder that no other process uses, or in a temporary folder that `close` removes. @throws FolderError */
export function openData(dataDir: string | undefined): Data {
  if (dataDir === undefined) {
    const temporary = temporaryFolder()
    const remove = () => rmSync(temporary, { recursive: true, force: true })
    return { mediaFolder: mediaFolderIn(temporary), store: new Store(), close: remove }
  }
  const folder = resolve(dataDir)
  const release = takeFolder(folder)
  try {
    const [mediaFolder, store] = writing(folder, () => [mediaFolderIn(folder), new Store(folder)])
    const close = () => {
      store.close()
      release()
    }
    return { mediaFolder, store, close }
  } catch (error) {
    release()
    throw error
  }
}

function mediaFolderIn(folder: string): string {
  const media = join(folder, 'media')
  mkdirSync(media, { recursive: true })
  return media
}
