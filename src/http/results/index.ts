/** Results: read, stream, answer */
import { addListResults } from './list.ts'
import { addPutResult } from './put.ts'
import type { AddRoutes } from '../context.ts'

export const addResults: AddRoutes = (server, context) => {
  addListResults(server, context)
  addPutResult(server, context)
}
