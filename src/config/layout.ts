import { join } from 'node:path'

/**
 * Files of a data directory that the daemon and its commands share. Keys and
 * network.json belong to membership.
 */
export interface Layout {
  dir: string
  config: string
  /** Its presence says: this is a member of a network */
  network: string
  store: string
  run: string
  lock: string
  pid: string
  socket: string
  /** Names the socket when `socket` would be too long */
  socketPointer: string
}

export function layout (dir: string): Layout {
  const run = join(dir, 'run')

  return {
    dir,
    config: join(dir, 'config.yaml'),
    network: join(dir, 'network.json'),
    store: join(dir, 'data', 'beam.sqlite'),
    run,
    lock: join(run, 'lock'),
    pid: join(run, 'pid'),
    socket: join(run, 'control.sock'),
    socketPointer: join(run, 'control.path')
  }
}
