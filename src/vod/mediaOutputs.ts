import { bytesOf, itemsOf, type Json, object } from '../contract/json.js'
import type { TaskPart } from '../contract/outcome.js'
import { lackingIn } from './proofs.js'
import { toPart } from './reading.js'

/** The place of the outputs of each type of sub-task in a `DescribeMediaInfos` answer (MediaInfo, "Data Types"). */
const sets = {
  Transcode: ['TranscodeInfo', 'TranscodeSet'],
  AnimatedGraphics: ['AnimatedGraphicsInfo', 'AnimatedGraphicsSet'],
  SnapshotByTimeOffset: ['SnapshotByTimeOffsetInfo', 'SnapshotByTimeOffsetSet'],
  SampleSnapshot: ['SampleSnapshotInfo', 'SampleSnapshotSet'],
  ImageSprites: ['ImageSpriteInfo', 'ImageSpriteSet'],
  AdaptiveDynamicStreaming: ['AdaptiveDynamicStreamingInfo', 'AdaptiveDynamicStreamingSet'],
} as const

const maxOutputs = 50
/** The share of the 256 KiB of an outcome. Its tasks need the rest. */
const maxBytes = 48 * 1024
/** A set of snapshots has hundreds of URLs. The first ones show where the rest is. */
const maxUrls = 3

/** Returns true if all outputs of a type are complete: there are none, or each has its Definition and its proof. */
export function showsSetOf(media: Json, Type: string): boolean {
  if (!isType(Type)) return true
  const [member, set] = sets[Type]
  const info = media[member]
  if (info === null) return true
  const items = object(info)?.[set]
  if (items === null) return true
  return (
    Array.isArray(items) && items.map(object).every((item) => item !== undefined && isComplete(item, Type))
  )
}

function isComplete(Output: Json, Type: string): boolean {
  return typeof Output.Definition === 'number' && lackingIn(Output, Type) === undefined
}

function isType(Type: string): Type is keyof typeof sets {
  return Object.hasOwn(sets, Type)
}

/** Returns all outputs of a media file, including those of other requests. VOD lists the source as a transcode with definition 0. */
export function mediaOutputsOf(media: Json): TaskPart[] {
  const outputs = Object.entries(sets).flatMap(([Type, [info, set]]) => {
    const items = itemsOf((Object(media[info]) as Json)[set])
    const made = items.filter((Output) => lackingIn(Output, Type) === undefined)
    return made.map((Output) => toPart(Type, 'succeeded', { Output }))
  })
  const first = outputs
    .filter(({ Type, Definition }) => Type !== 'Transcode' || Definition !== 0)
    .slice(0, maxOutputs)
    .map((part) => ({ ...part, urls: part.urls.slice(0, maxUrls) }))
  let bytes = 0
  return first.filter((part) => {
    bytes += bytesOf(part)
    return bytes <= maxBytes
  })
}
