import { bytesOf, itemsOf, type Json, object } from '../contract/json.js'
import type { TaskPart } from '../contract/outcome.js'
import { lackingIn } from './proofs.js'
import { toPart } from './reading.js'

/** Where `DescribeMediaInfos` keeps what a kind of sub-task has made (MediaInfo, "Data Types"). */
const sets = {
  Transcode: ['TranscodeInfo', 'TranscodeSet'],
  AnimatedGraphics: ['AnimatedGraphicsInfo', 'AnimatedGraphicsSet'],
  SnapshotByTimeOffset: ['SnapshotByTimeOffsetInfo', 'SnapshotByTimeOffsetSet'],
  SampleSnapshot: ['SampleSnapshotInfo', 'SampleSnapshotSet'],
  ImageSprites: ['ImageSpriteInfo', 'ImageSpriteSet'],
  AdaptiveDynamicStreaming: ['AdaptiveDynamicStreamingInfo', 'AdaptiveDynamicStreamingSet'],
} as const

const maxOutputs = 50
/** Of the 256 KiB of an outcome, whose tasks need the rest. */
const maxBytes = 48 * 1024
/** The first ones say where the rest is: a set of snapshots has hundreds. */
const maxUrls = 3

/** Whether a media file shows all outputs of a type: none, or each with its Definition and with what proves it. */
export function showsSetOf(media: Json, Type: string): boolean {
  if (!isType(Type)) return true
  const [member, set] = sets[Type]
  const info = media[member]
  if (info === null) return true
  const items = object(info)?.[set]
  if (items === null) return true
  return Array.isArray(items) && items.map(object).every((item) => item !== undefined && isWhole(item, Type))
}

function isWhole(Output: Json, Type: string): boolean {
  return typeof Output.Definition === 'number' && lackingIn(Output, Type) === undefined
}

function isType(Type: string): Type is keyof typeof sets {
  return Object.hasOwn(sets, Type)
}

/** What a media file has, whoever made it. The source itself stands among the transcodes, as definition 0. */
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
