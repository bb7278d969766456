import { appAdd } from './app-add/index.ts'
import { appList } from './app-list/index.ts'
import { appRemove } from './app-remove/index.ts'
import { appRotateKey } from './app-rotate-key/index.ts'
import { backup } from './backup/index.ts'
import { clockAccept } from './clock-accept/index.ts'
import { completion } from './completion/index.ts'
import { configShow } from './config-show/index.ts'
import { demo } from './demo/index.ts'
import { doctor } from './doctor/index.ts'
import { id } from './id/index.ts'
import { init } from './init/index.ts'
import { invite } from './invite/index.ts'
import { join } from './join/index.ts'
import { lab } from './lab/index.ts'
import { members } from './members/index.ts'
import { outboxList } from './outbox-list/index.ts'
import { peers } from './peers/index.ts'
import { restore } from './restore/index.ts'
import { revoke } from './revoke/index.ts'
import { start } from './start/index.ts'
import { status } from './status/index.ts'
import { stop } from './stop/index.ts'
import { tasksList } from './tasks-list/index.ts'
import { tasksShow } from './tasks-show/index.ts'
import type { CliCommand } from '../command.ts'

/** In the order of `--help`: a site's life first */
export const COMMANDS: CliCommand[] = [
  init, invite, join, start, stop, status, doctor, id, members, revoke,
  appAdd, appList, appRemove, appRotateKey, peers, tasksList, tasksShow, outboxList, backup, restore, clockAccept, configShow, completion, lab, demo
]
