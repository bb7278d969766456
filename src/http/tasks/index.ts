/** Tasks: post, list, one by its id, where it stands, take it back */
import { addCancelTask } from './cancel.ts'
import { addCreateTask } from './create.ts'
import { addDeliveries } from './deliveries.ts'
import { addGetTask } from './get.ts'
import { addListTasks } from './list.ts'
import type { AddRoutes } from '../context.ts'

export const addTasks: AddRoutes = (server, context) => {
  addCreateTask(server, context)
  addListTasks(server, context)
  addGetTask(server, context)
  addDeliveries(server, context)
  addCancelTask(server, context)
}
