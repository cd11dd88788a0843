/** The type of the event that `vodflow doctor` posts to check the callback address and its SignKey. It is not passed on. */
export const doctorEvent = 'VodflowDoctor'

/** The types of VOD's events ("EventContent"; "Event Notification" for those of 2017). They have VOD's Sign if a SignKey is set. */
const eventTypes: ReadonlySet<string> = new Set([
  doctorEvent,
  'NewFileUpload',
  'ProcedureStateChanged',
  'FileDeleted',
  'RestoreMediaComplete',
  'PullComplete',
  'EditMediaComplete',
  'SplitMediaComplete',
  'ComposeMediaComplete',
  'WechatMiniProgramPublishComplete',
  'WechatPublishComplete',
  'RemoveWatermark',
  'RebuildMediaComplete',
  'ReviewAudioVideoComplete',
  'ExtractTraceWatermarkComplete',
  'ExtractCopyRightWatermarkComplete',
  'ExtractBlindWatermarkComplete',
  'DescribeFileAttributesComplete',
  'QualityInspectComplete',
  'QualityEnhanceComplete',
  'PersistenceComplete',
  'ComplexAdaptiveDynamicStreamingComplete',
  'ProcessMediaByMPSComplete',
  'AigcImageTaskComplete',
  'AigcVideoTaskComplete',
  'AigcHunyuan3DTaskComplete',
  'DescribeAigcFaceInfoAsyncComplete',
  'MediaCastStatusChanged',
  'TranscodeComplete',
  'ConcatComplete',
  'ClipComplete',
  'CreateImageSpriteComplete',
  'CreateSnapshotByTimeOffsetComplete',
])

/** Returns false for an event of another product that shares the callback address. Such an event has its own type and no Sign. */
export function isVodEvent(EventType: string): boolean {
  return eventTypes.has(EventType)
}
