import { createNexusServiceClient } from '@temporalio/workflow'
import type { Outcome } from 'vodflow'
import { mediaService } from './service.js'

/** A workflow of another team, in another namespace: no credentials, no plugin, nothing of VOD. */
export async function orderTrailer(FileId: string, ProcedureName: string): Promise<Outcome> {
  const media = createNexusServiceClient({ endpoint: 'media', service: mediaService })
  return media.executeOperation('processMediaByProcedure', { request: { FileId, ProcedureName } })
}
