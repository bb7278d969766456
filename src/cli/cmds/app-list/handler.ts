import { anyOperator } from '../../operator.ts'
import { table, time } from '../../table.ts'
import type { Handler } from '../../command.ts'

export const handler: Handler = async (input, io) => {
  const apps = await anyOperator(input, async operator => operator.listApps())

  io.result(apps, apps.length === 0
    ? 'no apps yet; make one with: beam-node app add <name>'
    : table(['APP', 'KEY FROM', 'CREATED'], apps.map(app => [app.id, app.source, time(app.created)])))

  return 0
}
