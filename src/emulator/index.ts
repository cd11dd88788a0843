/** A local VOD for your tests, with Tencent's wire protocol, limits and errors, real ffmpeg, a clock that you set, and scripted faults. */
export { CannotListenError } from '../base/cannotListen.js'
export type { Duration, DurationUnit } from '../base/duration.js'
export { VodflowError } from '../base/vodflowError.js'
export type { EmulatorCall, EmulatorCallback, EmulatorLog } from './books.js'
export { InvalidEmulatorOptionsError } from './checkedOptions.js'
export { type CancelTimer, EmulatorClock } from './clock.js'
export type { EmulatorUploadOptions } from './context.js'
export { InvalidDurationError } from './duration.js'
export { type Emulator, type EmulatorBooks, type EmulatorOptions, startEmulator } from './emulator.js'
export type { EmulatorFault, EmulatorFaults } from './faults.js'
export { FolderError } from './folder.js'
export { ProgramMissingError } from './media/binaries.js'
export type { MediaMetaData } from './media/contract.js'
export { makeTestClip, type TestClip } from './media/testClip.js'
export type {
  DeletedOutputs,
  EditType,
  EmulatorJson,
  EmulatorMedia,
  EmulatorSubTask,
  EmulatorTask,
  SubTaskStatus,
  TaskType,
} from './model.js'
export type { EmulatorSwitches, GivenSwitches } from './switches.js'
