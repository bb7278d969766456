/** Capabilities: announce mine with a lease, find who has one */
import { addAnnounce } from './announce.ts'
import { addFind } from './find.ts'
import type { AddRoutes } from '../context.ts'

export const addWorkers: AddRoutes = (server, context) => {
  addAnnounce(server, context)
  addFind(server, context)
}
