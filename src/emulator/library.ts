import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EmulatorClock } from './clock.js'
import type { EmulatorUploadOptions, Library, UploadFlow } from './context.js'
import { newFileId } from './ids.js'
import { type MediaToolbox, SubTaskFailure } from './media/index.js'
import type { EmulatorMedia } from './model.js'
import type { Collection } from './store.js'

export interface LibraryOptions {
  readonly clock: EmulatorClock
  readonly media: Collection<EmulatorMedia>
  readonly toolbox: MediaToolbox
  /** Folder of the media; `url` is its URL. */
  readonly folder: string
  readonly url: () => string
  readonly defaultSubAppId: number
  /** Starts the flow that an upload asks for. */
  readonly startFlow: (
    file: EmulatorMedia,
    flow: { Procedure: string; SessionContext: string },
  ) => Promise<UploadFlow>
  readonly onUpload: (file: EmulatorMedia, flow?: UploadFlow) => void
}

/** Stores media files in a folder as `<FileId>/source.<extension>`, with the outputs of tasks next to them. */
export function createLibrary(options: LibraryOptions): Library {
  const { clock, media, toolbox, folder, url, defaultSubAppId, startFlow, onUpload } = options

  async function prepare(
    ending: string,
    put: (path: string) => Promise<void>,
    given: EmulatorUploadOptions & { name: string; SourceType: EmulatorMedia['SourceType'] },
  ): Promise<EmulatorMedia> {
    const FileId = newFileId()
    const source = join(FileId, `source${ending}`)
    await mkdir(join(folder, FileId), { recursive: true })
    await put(join(folder, source))
    const now = clock.now()
    return {
      FileId,
      SubAppId: given.SubAppId ?? defaultSubAppId,
      Name: given.name,
      source,
      MediaUrl: `${url()}/${FileId}/source${ending}`,
      createdAt: now,
      updatedAt: now,
      MetaData: await metaDataOf(join(folder, source)),
      SourceContext: given.SourceContext ?? '',
      SourceType: given.SourceType,
      CoverUrl: '',
      StoragePath: given.StoragePath ?? '',
      Description: '',
      ClassId: given.ClassId ?? 0,
      Tags: [],
      ExpireTime: '9999-12-31T23:59:59Z',
      deleted: [],
    }
  }

  function commit(file: EmulatorMedia): void {
    media.put(file.FileId, file)
    onUpload(file)
  }

  async function add(
    ending: string,
    put: (path: string) => Promise<void>,
    given: EmulatorUploadOptions & { name: string },
  ): Promise<EmulatorMedia> {
    const { Procedure, SessionContext = '', ...upload } = given
    const file = await prepare(ending, put, { ...upload, SourceType: 'Upload' })
    if (Procedure === undefined) {
      commit(file)
      return file
    }
    media.put(file.FileId, file)
    onUpload(file, await startFlow(file, { Procedure, SessionContext }))
    return file
  }

  /** VOD accepts any file. A broken one fails when a task opens it. */
  async function metaDataOf(path: string) {
    return toolbox.probe(path).catch((error) => {
      if (error instanceof SubTaskFailure) return null
      throw error
    })
  }

  return {
    upload: (path, given = {}) => {
      const name = given.name ?? basename(path, extname(path))
      return add(extname(path), (target) => copyFile(path, target), { ...given, name })
    },
    async pull(from, { signal, ...given }) {
      const address = new URL(from)
      const ending = extname(address.pathname)
      const name = given.name ?? basename(address.pathname, ending)
      return add(ending, (target) => fetchTo(address, target, signal), { ...given, name })
    },
    prepare: (put, given) => prepare('.mp4', put, { ...given, SourceType: 'VideoProcessing' }),
    commit,
    remove: (file) => void rm(join(folder, file.FileId), { recursive: true, force: true }),
  }
}

async function fetchTo(address: URL, target: string, signal: AbortSignal): Promise<void> {
  if (address.protocol === 'file:') return copyFile(fileURLToPath(address), target)
  const response = await fetch(address, { signal })
  if (!response.ok) throw new Error(`the source answered HTTP ${response.status}`)
  await writeFile(target, new Uint8Array(await response.arrayBuffer()))
}
