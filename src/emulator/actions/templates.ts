import { z } from 'zod'
import type { Context } from '../context.js'
import type { Template } from '../model.js'
import { presetTemplates } from '../presets.js'
import { parse, SubAppId } from '../request.js'
import { templateItem } from '../responses.js'
import { ApiError } from '../wire/apiError.js'

const task = z.looseObject({ Definition: z.int() })
const tasks = z.array(task).nullish()

const Body = z.strictObject({
  Name: z.string().min(1).max(20),
  SubAppId,
  Comment: z.string().max(256).default(''),
  MediaProcessTask: z
    .strictObject({
      TranscodeTaskSet: tasks,
      AnimatedGraphicTaskSet: tasks,
      SnapshotByTimeOffsetTaskSet: tasks,
      SampleSnapshotTaskSet: tasks,
      ImageSpriteTaskSet: tasks,
      CoverBySnapshotTaskSet: tasks,
      AdaptiveDynamicStreamingTaskSet: tasks,
    })
    .nullish(),
  AiContentReviewTask: task.nullish(),
  AiAnalysisTask: task.nullish(),
  AiRecognitionTaskSet: tasks,
  AiRecognitionTask: task.nullish(),
  ReviewAudioVideoTask: z
    .looseObject({ Definition: z.int(), ReviewContents: z.array(z.enum(['Media', 'Cover'])).optional() })
    .nullish(),
  ImportMediaKnowledgeTaskSet: tasks,
})

/** "Template capacity limit: 50." */
const capacity = 50

export function createProcedureTemplate(context: Context, given: unknown) {
  const request = parse(Body, given)
  const app = request.SubAppId ?? context.defaultSubAppId
  if (find(context, app, request.Name))
    throw new ApiError('InvalidParameter.ExistedProcedureName', 'The task flow template name already exists.')
  if (context.templates.all().filter((template) => template.SubAppId === app).length >= capacity) {
    throw new ApiError('LimitExceeded', 'The number of templates exceeds the limit.')
  }
  put(context, app, { ...request, createdAt: context.clock.now() })
  return {}
}

export function resetProcedureTemplate(context: Context, given: unknown) {
  const request = parse(Body, given)
  const app = request.SubAppId ?? context.defaultSubAppId
  const old = context.templates.get(`${app}/${request.Name}`)
  if (!old)
    throw new ApiError('InvalidParameter.ProcedureNameNotExist', 'The task flow template does not exist.')
  put(context, app, { ...request, createdAt: old.createdAt })
  return {}
}

const DeleteRequest = z.strictObject({ Name: z.string(), SubAppId })

/** A name that does not exist is not an error, because no code is documented for it. */
export function deleteProcedureTemplate(context: Context, given: unknown) {
  const request = parse(DeleteRequest, given)
  context.templates.remove(`${request.SubAppId ?? context.defaultSubAppId}/${request.Name}`)
  return {}
}

const DescribeRequest = z.strictObject({
  Names: z.array(z.string()).max(100).default([]),
  Type: z.enum(['Preset', 'Custom']).optional(),
  Offset: z.int().min(0).default(0),
  Limit: z.int().min(1).max(100).default(10),
  SortBy: z.array(z.looseObject({})).optional(),
  SubAppId,
})

export function describeProcedureTemplates(context: Context, given: unknown) {
  const { Names, Type, Offset, Limit, SubAppId } = parse(DescribeRequest, given)
  const app = SubAppId ?? context.defaultSubAppId
  const custom = context.templates.all().filter((template) => template.SubAppId === app)
  const matching = [...custom, ...presetTemplates(app)].filter(
    (template) => (Names.length === 0 || Names.includes(template.Name)) && (!Type || template.Type === Type),
  )
  return {
    TotalCount: matching.length,
    ProcedureTemplateSet: matching.slice(Offset, Offset + Limit).map(templateItem),
  }
}

function find(context: Context, app: number, name: string): Template | undefined {
  return context.templates.get(`${app}/${name}`) ?? presetTemplates(app).find(({ Name }) => Name === name)
}

function put(
  { templates, clock }: Context,
  app: number,
  given: z.output<typeof Body> & { createdAt: number },
): void {
  const { Name, Comment, createdAt, SubAppId: _, ...body } = given
  templates.put(`${app}/${Name}`, {
    Name,
    SubAppId: app,
    Type: 'Custom',
    Comment,
    createdAt,
    updatedAt: clock.now(),
    body,
  })
}
