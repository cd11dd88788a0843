import {
  composeMedia,
  editMedia,
  processMedia,
  processMediaByProcedure,
  pullUpload,
  reviewAudioVideo,
  splitMedia,
} from '../../src/workflows/steps.js'

/** The steps by their names, for workflows that get the name of their step as data. */
export const steps = {
  composeMedia,
  editMedia,
  processMedia,
  processMediaByProcedure,
  pullUpload,
  reviewAudioVideo,
  splitMedia,
}
