/** Every check, in the order in which causes come before their effects */
import { admission } from './admission.ts'
import { clock } from './clock.ts'
import { configuration } from './configuration.ts'
import { daemon } from './daemon.ts'
import { directory } from './directory.ts'
import { fsync } from './fsync.ts'
import { keyFiles } from './key-files.ts'
import { nodeVersion } from './node-version.ts'
import { peers } from './peers.ts'
import { ports } from './ports.ts'
import { queue } from './queue.ts'
import { roster } from './roster.ts'
import { space } from './space.ts'
import { store } from './store.ts'
import { wayOut } from './way-out.ts'
import type { Check } from '../index.ts'

export const CHECKS: Check[] = [nodeVersion, directory, keyFiles, configuration, space, fsync, daemon, store, ports, clock, admission, roster, wayOut, peers, queue]
