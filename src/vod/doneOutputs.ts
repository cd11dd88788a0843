import { type Json, object, textOf } from '../contract/json.js'
import { isIsoTime } from '../contract/patterns.js'
import { mediaOutputsOf, showsSetOf } from './mediaOutputs.js'
import { taskTypesOf } from './templateTasks.js'

/** A set of a template, and how what it makes is called on a media file. Covers leave no definition there. */
const sets: Readonly<Record<string, string>> = {
  TranscodeTaskSet: 'Transcode',
  AnimatedGraphicTaskSet: 'AnimatedGraphics',
  SnapshotByTimeOffsetTaskSet: 'SnapshotByTimeOffset',
  SampleSnapshotTaskSet: 'SampleSnapshot',
  ImageSpriteTaskSet: 'ImageSprites',
  AdaptiveDynamicStreamingTaskSet: 'AdaptiveDynamicStreaming',
}

/** What a template makes, as `Type Definition`: only what can be seen on the media file afterwards. */
export function outputsAskedFor(template: Json): string[] {
  const media = Object(template.MediaProcessTask) as Json
  return Object.entries(sets).flatMap(([set, Type]) => {
    const asked = media[set]
    const definitions = Array.isArray(asked) ? asked.map((task) => Object(task).Definition as unknown) : []
    return definitions.filter((one) => typeof one === 'number' && one !== 0).map((one) => `${Type} ${one}`)
  })
}

/** What a template asks for and leaves no trace of on a media file, so that nobody can tell whether it was done. */
export function unseenIn(template: Json): string[] {
  const { MediaProcessTask: _, ...others } = template
  const beside = Object.keys(others).filter((name) => taskTypesOf({ [name]: others[name] }).length > 0)
  return outputsAskedFor(template).length === 0 && beside.length === 0 ? ['MediaProcessTask'] : beside
}

/**
 * Whether a media file has all that is asked for, made after the template was last changed: VOD raises the UpdateTime of a media
 * file when processing is begun on it ("MediaBasicInfo"). Where nothing can be seen (moderation alone, a cover), it has not.
 */
export function hasOutputs(media: Json, asked: readonly string[], UpdateTime: string): boolean {
  if (asked.length === 0) return false
  const has = new Set(mediaOutputsOf(media).map(({ Type, Definition }) => `${Type} ${Definition}`))
  if (!asked.every((output) => has.has(output))) return false
  const changed = Date.parse(UpdateTime)
  const processed = Date.parse(String((Object(media.BasicInfo) as Json).UpdateTime ?? ''))
  return Number.isNaN(changed) || processed >= changed
}

/**
 * Whether VOD shows all that {@link hasOutputs} reads. A media file without an output has null, or an empty list, in its place, and shows
 * each output whole.
 */
export function showsOutputs(media: Json, asked: readonly string[]): boolean {
  const types = new Set(asked.map((output) => output.split(' ')[0] ?? ''))
  const { UpdateTime } = object(media.BasicInfo) ?? {}
  return isIsoTime(textOf(UpdateTime)) && [...types].every((Type) => showsSetOf(media, Type))
}
