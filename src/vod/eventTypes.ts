/** Of the event that `vodflow doctor` posts to see whether its SignKey is that of the callback service. */
export const doctorEvent = 'VodflowDoctor'

/** Types of VOD's events ("EventContent", and "Event Notification" for those of 2017), which have VOD's Sign where a SignKey is set. */
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

/** Other products that share the callback address have types of their own, and no Sign of VOD. */
export function isVodEvent(EventType: string): boolean {
  return eventTypes.has(EventType)
}
