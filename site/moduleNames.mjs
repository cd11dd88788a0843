import { Converter } from 'typedoc'

/** A plugin of TypeDoc: names each module as users import it. */
export function load({ converter }) {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? [])
      module.name = module.name === 'client' ? 'vodflow' : `vodflow/${module.name}`
  })
}
