export {
  type MediaMetaData,
  type MediaToolbox,
  SubTaskFailure,
  type SubTaskJob,
  type SubTaskOutput,
} from './contract.js'
export { instantToolbox } from './instant.js'
export { createMediaToolbox } from './toolbox.js'
