import { asyncActions } from './actions.js'
import { syncKindOf } from './syncActions.js'

/**
 * The meaning of an error code for the request that received it.
 *
 * - `throttled`: refused before anything was done, because of a rate limit. Wait and send the request again.
 * - `transient`: refused before anything was done. The same request may succeed later.
 * - `ambiguous`: it is unknown whether anything was done. A submit must be sent again with the same SessionId.
 * - `duplicate`: an earlier send with this SessionId was accepted.
 * - `permanent`: refused. The same request will be refused again.
 */
export type ErrorClass = 'throttled' | 'transient' | 'ambiguous' | 'duplicate' | 'permanent'

export interface CodeMeaning {
  readonly class: ErrorClass
  /** The reason of the refusal often passes within a minute, so the request is repeated a few times before the refusal is final. */
  readonly passes?: true
  /** VOD refuses the key itself, so every other request with it will be refused too. */
  readonly ofKey?: true
  /** What a person can do about it. */
  readonly remedy: string
  /** The same in words of the command line, if it reads differently there. */
  readonly command?: string
}

const retried = 'Nothing to do: runs retry the request'
const sameSession =
  'Nothing to do: runs retry the request with the same SessionId, for which VOD makes at most one task'
const lookedUp = 'Nothing to do: vodflow looks up the existing task'
const keys =
  'Check the SecretId and SecretKey (TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY) of this account'
const cam = 'Allow this action for the key in CAM (Cloud Access Management)'
const endpoint = 'Check the endpoint and the SDK version'
const sdk = 'The request does not match the documentation of VOD; check the field in the message'
const account = 'Check this account in the Tencent Cloud console'
const quota = 'Delete resources that you do not need, or ask Tencent for a higher quota'

/**
 * Every documented code of the actions in use, and the common codes. Any other code has the meaning of its parent
 * (`FailedOperation.X` that of `FailedOperation`). Without a parent, it is ambiguous.
 *
 * Sources: the pages of the actions ("Error Code"), "Common Error Codes" of Tencent Cloud API 3.0, and the identical
 * error lists in Tencent's Go SDK.
 */
export const errorCodes: Readonly<Record<string, CodeMeaning>> = {
  // Rate limits
  RequestLimitExceeded: { class: 'throttled', remedy: retried },
  'RequestLimitExceeded.IPLimitExceeded': { class: 'throttled', remedy: retried },
  'RequestLimitExceeded.UinLimitExceeded': { class: 'throttled', remedy: retried },
  'RequestLimitExceeded.GlobalRegionUinLimitExceeded': { class: 'throttled', remedy: retried },

  // It is unknown whether anything was done
  InternalError: { class: 'ambiguous', remedy: sameSession },
  FailedOperation: { class: 'ambiguous', remedy: sameSession },
  ServiceUnavailable: { class: 'ambiguous', remedy: sameSession },
  ResponseSizeLimitExceeded: { class: 'ambiguous', remedy: sameSession },
  'ClientError.Network': {
    class: 'ambiguous',
    remedy: 'Check that this machine can reach the endpoint; runs retry the request',
  },
  'ClientError.Timeout': {
    class: 'ambiguous',
    remedy: 'VOD did not answer in time; runs retry the request',
  },
  'ClientError.Aborted': { class: 'ambiguous', remedy: 'The call was canceled before VOD answered' },
  'ClientError.HttpStatus': {
    class: 'ambiguous',
    remedy: 'A server between this machine and VOD answered; check the endpoint and any proxy',
  },
  'ClientError.BadResponse': {
    class: 'ambiguous',
    remedy: 'The answer is not what VOD documents; check the endpoint and any proxy',
  },

  'FailedOperation.UploadCosFail': { class: 'ambiguous', remedy: sameSession },

  // Nothing was done, and the request may succeed later
  'ClientError.CredentialSource': {
    class: 'transient',
    remedy: 'Check that the worker can reach the CVM metadata service or STS; runs retry the request',
  },
  // Another worker may have keys
  'ClientError.NoCredentials': {
    class: 'transient',
    remedy:
      'Set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY for the worker, or write ~/.tencentcloud/credentials, or bind a CVM role',
  },
  'ClientError.BadCredentials': {
    class: 'transient',
    remedy: 'Correct the key, as printable ASCII on one line, and restart the worker',
  },
  'ClientError.NotConnected': {
    class: 'transient',
    remedy:
      'Check that this machine can reach the endpoint, directly or through the proxy of HTTPS_PROXY; runs retry the request',
  },
  ResourceInsufficient: { class: 'transient', remedy: retried },
  ResourceUnavailable: { class: 'transient', remedy: retried },
  ResourceInUse: { class: 'transient', remedy: retried },

  // The SessionId prevents double billing
  'InvalidParameterValue.SessionId': {
    class: 'duplicate',
    remedy: lookedUp,
  },
  'InvalidParameterValue.UniqueIdentifier': {
    class: 'duplicate',
    remedy: lookedUp,
  },

  // The account or its keys. During a rotation, another worker may have a key that VOD accepts
  AuthFailure: { class: 'permanent', passes: true, ofKey: true, remedy: keys },
  'AuthFailure.InvalidAuthorization': { class: 'permanent', passes: true, ofKey: true, remedy: keys },
  'AuthFailure.InvalidSecretId': {
    class: 'permanent',
    passes: true,
    ofKey: true,
    remedy: `${keys}: it must be a key of the cloud API`,
  },
  'AuthFailure.SecretIdNotFound': {
    class: 'permanent',
    passes: true,
    ofKey: true,
    remedy: `${keys}: this SecretId does not exist, or is disabled`,
  },
  'AuthFailure.SignatureFailure': {
    class: 'permanent',
    passes: true,
    ofKey: true,
    remedy: `${keys}: the SecretKey does not belong to the SecretId, or has a stray space`,
  },
  'AuthFailure.SignatureExpire': {
    class: 'permanent',
    passes: true,
    remedy: 'Set the clock of this machine (NTP): VOD allows 5 minutes of difference',
  },
  'AuthFailure.TokenFailure': {
    class: 'permanent',
    passes: true,
    remedy: 'Get new temporary credentials: the STS token is wrong or has expired',
  },
  'AuthFailure.MFAFailure': {
    class: 'permanent',
    passes: true,
    ofKey: true,
    remedy: 'Use a key that needs no MFA',
  },
  'AuthFailure.UnauthorizedOperation': { class: 'permanent', remedy: cam },
  UnauthorizedOperation: { class: 'permanent', remedy: cam },
  IpInBlacklist: { class: 'permanent', remedy: 'Remove this address from the blacklist of the account' },
  IpNotInWhitelist: { class: 'permanent', remedy: 'Add this address to the whitelist of the account' },
  'FailedOperation.InvalidVodUser': {
    class: 'permanent',
    passes: true,
    remedy: 'Activate VOD for this account; accounts activated since 2023-12-25 must also pass a SubAppId',
  },
  'FailedOperation.InvalidAccount': { class: 'permanent', remedy: `${account}: its state is not normal` },
  'FailedOperation.UserStatusInavlid': {
    class: 'permanent',
    remedy: `${account}: its service is stopped, most often because of an unpaid bill`,
  },
  'FailedOperation.NoPrivileges': {
    class: 'permanent',
    remedy: 'Ask Tencent to enable this action for the account',
  },

  'ClientError.BadRequest': { class: 'permanent', remedy: sdk },

  // The request. FailedOperation alone leaves open whether anything was done; these codes do not
  'FailedOperation.MediaType': { class: 'permanent', remedy: 'Use media of a type that VOD supports' },
  'FailedOperation.CoverType': { class: 'permanent', remedy: 'Use a cover of a type that VOD supports' },
  'FailedOperation.MediaForbidedBySystem': {
    class: 'permanent',
    remedy: 'VOD has banned this media file; the console shows the reason',
  },
  'FailedOperation.ClassNoFound': { class: 'permanent', remedy: 'Check the ClassId' },
  'FailedOperation.NoNeedToReduceMediaBitrate': {
    class: 'permanent',
    remedy: 'Remove this transcode from the request: the bitrate of the media file is low enough',
  },
  'FailedOperation.TaskDuplicate': {
    class: 'permanent',
    remedy: 'Wait for the identical task that VOD already has for this media file, or adopt it by its TaskId',
  },
  InvalidParameter: { class: 'permanent', remedy: sdk },
  'InvalidParameter.ExistedProcedureName': {
    class: 'permanent',
    remedy: 'Choose another name, or replace the template with ResetProcedureTemplate',
    command: 'Choose another name, or replace the template with --replace',
  },
  'InvalidParameter.ProcedureNameNotExist': {
    class: 'permanent',
    remedy: 'Create the template first (CreateProcedureTemplate)',
  },
  InvalidParameterValue: { class: 'permanent', remedy: sdk },
  'InvalidParameterValue.FileId': {
    class: 'permanent',
    passes: true,
    remedy:
      'Check the FileId and the SubAppId: a media file belongs to one sub-app. A new upload may need a moment to appear',
  },
  'InvalidParameterValue.ProcedureName': {
    class: 'permanent',
    remedy:
      'Create the template in this sub-app (CreateProcedureTemplate, or the console), or fix the ProcedureName',
  },
  'InvalidParameterValue.Name': { class: 'permanent', remedy: 'Use a name of at most 20 characters' },
  'InvalidParameterValue.SessionContextTooLong': {
    class: 'permanent',
    remedy: 'Shorten the SessionContext: VOD accepts 1,000 characters, including the token',
  },
  'InvalidParameterValue.SessionIdTooLong': {
    class: 'permanent',
    remedy: 'Shorten the SessionId: VOD accepts 50 characters',
  },
  'InvalidParameterValue.SubAppId': {
    class: 'permanent',
    remedy: 'Check the SubAppId; it must belong to the account of the key',
  },
  'InvalidParameterValue.TaskId': {
    class: 'permanent',
    remedy: 'Check the TaskId: VOD shows a task for 72 hours, and only in its own sub-app',
  },
  'InvalidParameterValue.InvalidOperationType': {
    class: 'permanent',
    remedy: 'Use Abort, the only operation',
  },
  MissingParameter: { class: 'permanent', remedy: sdk },
  UnknownParameter: { class: 'permanent', remedy: sdk },
  InvalidRequest: { class: 'permanent', remedy: sdk },
  RequestSizeLimitExceeded: { class: 'permanent', remedy: 'Make the request smaller: the limit is 10 MB' },
  UnsupportedOperation: { class: 'permanent', remedy: sdk },
  UnsupportedProtocol: { class: 'permanent', remedy: endpoint },
  UnsupportedRegion: { class: 'permanent', remedy: endpoint },
  InvalidAction: { class: 'permanent', remedy: endpoint },
  ActionOffline: { class: 'permanent', remedy: 'Tencent has withdrawn this action' },
  NoSuchVersion: { class: 'permanent', remedy: endpoint },
  NoSuchProduct: { class: 'permanent', remedy: endpoint },
  LimitExceeded: { class: 'permanent', remedy: quota },
  'LimitExceeded.TooMuchTemplate': { class: 'permanent', remedy: quota },
  ResourceNotFound: { class: 'permanent', remedy: 'Check the id and the SubAppId' },
  'ResourceNotFound.FileNotExist': {
    class: 'permanent',
    passes: true,
    remedy: 'Check the FileId and the SubAppId',
  },
  'ResourceNotFound.CoverUrl': { class: 'permanent', remedy: 'Check the CoverUrl: nothing is there' },
  'ResourceNotFound.UserNotExist': { class: 'permanent', remedy: `${account}: VOD does not know it` },
  DryRunOperation: { class: 'permanent', remedy: 'Send the request without DryRun' },
}

/** The remedies for codes that name a field, such as `InvalidParameterValue.MediaUrl`. */
const ofField: Readonly<Record<string, (field: string) => string>> = {
  InvalidParameter: (field) => `Check ${field} in the request: VOD rejects it`,
  InvalidParameterValue: (field) => `Check ${field} in the request: VOD rejects its value`,
  UnknownParameter: (field) => `Remove ${field} from the request: VOD does not know it`,
  MissingParameter: (field) => `Add ${field} to the request: VOD requires it`,
}

const mayBeDone =
  'VOD may have done it. Check before you call it again, because vodflow does not repeat this action'

/** Returns the meaning of a code for a call of this action. Only an asynchronous action has a SessionId, and a write without one is not repeated. */
export function meaningFor(action: string, code: string): CodeMeaning {
  const meaning = classifyError(code)
  if (Object.hasOwn(asyncActions, action)) return meaning
  if (meaning.class === 'ambiguous' && syncKindOf(action) === 'write' && code !== 'ClientError.Aborted')
    return { ...meaning, remedy: mayBeDone }
  return meaning.remedy === sameSession ? { ...meaning, remedy: retried } : meaning
}

/** Returns the meaning of a code, or of its nearest documented parent. */
export function classifyError(code: string): CodeMeaning {
  for (let name = code; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    if (!Object.hasOwn(errorCodes, name)) continue
    const meaning = errorCodes[name]
    const remedy = name === code ? undefined : ofField[name]?.(code.slice(name.length + 1))
    if (meaning) return remedy === undefined ? meaning : { ...meaning, remedy, command: remedy }
  }
  return {
    class: 'ambiguous',
    remedy: 'This code is not documented; open a ticket at Tencent with the RequestId',
  }
}
